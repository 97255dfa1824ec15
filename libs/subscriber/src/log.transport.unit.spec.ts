import 'reflect-metadata';
import { offset, type Topic, type TopicPartition } from '@logbook/contracts';
import {
  type Batch,
  type BatchOutcome,
  type ConsumeOptions,
  type Consumption,
  DependencyUnavailableError,
  type GroupPlace,
  type Log,
} from '@logbook/core';
import { Controller, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Payload } from '@nestjs/microservices';
import { BatchHandler } from './handlers/batch-handler.decorator.js';
import { LogTransport } from './log.transport.js';
import { topicBatches } from './receivers/topic-batches.js';

const batch: Batch = { topic: 'events', partition: 0, from: offset(0), next: offset(1), end: offset(1), messages: [] };

const place: GroupPlace = { committed: () => Promise.resolve(undefined), commit: () => Promise.resolve() };
const delivery = { ...place, signal: new AbortController().signal };

/** Hands what a transport gives to `consume` back to the test. */
function recordingLog() {
  const consumed = new Map<Topic, ConsumeOptions>();
  const stops: Topic[] = [];
  const halts = new Map<Topic, (error: unknown) => void>();
  const consume = (options: ConsumeOptions): Promise<Consumption> => {
    const topic = options.topics[0] as Topic;
    consumed.set(topic, options);
    const ended = new Promise<void>((_, reject) => halts.set(topic, reject));
    return Promise.resolve({
      ended,
      assignment: () => [{ topic, partition: 0 }],
      stop: () => {
        stops.push(topic);
        return Promise.resolve();
      },
    });
  };
  const waiting = {
    ends: () => Promise.resolve([batch.end]),
    scan: async function* () {
      yield { ...batch, messages: [{}] };
    },
  };
  return { log: { consume, ...waiting } as unknown as Log, consumed, stops, halts };
}

function moduleOf(controller: Type): Type {
  @Module({ controllers: [controller] })
  class TestModule {}
  return TestModule;
}

async function serve(controller: Type, topics: readonly Topic[]) {
  const recording = recordingLog();
  const transport = new LogTransport({
    log: recording.log,
    group: 'g',
    receive: topicBatches({
      topics,
      checkpoints: { startPosition: (_: TopicPartition) => Promise.resolve({ next: offset(7) }) },
    }),
    watch: { intervalMs: 1, idleLooksMax: 3 },
  });
  const app = await NestFactory.createMicroservice(moduleOf(controller), { strategy: transport, logger: false });
  return { ...recording, transport, app };
}

@Controller()
class Both {
  static outcome: () => Promise<BatchOutcome> = () => Promise.resolve('CONSUMED');

  @BatchHandler('commands')
  commands(@Payload() _batch: Batch): Promise<BatchOutcome> {
    return Both.outcome();
  }

  @BatchHandler('events')
  events(@Payload() _batch: Batch): Promise<BatchOutcome> {
    return Both.outcome();
  }
}

@Controller()
class Twice {
  @BatchHandler('events')
  one(): Promise<BatchOutcome> {
    return Promise.resolve('CONSUMED');
  }

  @BatchHandler('events')
  two(): Promise<BatchOutcome> {
    return Promise.resolve('CONSUMED');
  }
}

describe('LogTransport', () => {
  it('consumes each topic with a consumer and a group of its own', async () => {
    const { app, consumed } = await serve(Both, ['commands', 'events']);
    await app.listen();
    expect([...consumed.values()].map(({ topics, group }) => ({ topics, group }))).toEqual([
      { topics: ['commands'], group: 'g-commands' },
      { topics: ['events'], group: 'g-events' },
    ]);
    await app.close();
  });

  it.each(['CONSUMED', 'STALE'] as const)('hands the outcome %s of a handler to the log', async (outcome) => {
    const { app, consumed } = await serve(Both, ['commands', 'events']);
    await app.listen();
    Both.outcome = () => Promise.resolve(outcome);
    await expect(consumed.get('events')?.consumer.consume(batch, delivery)).resolves.toBe(outcome);
    await app.close();
  });

  it('hands the very error of a handler to the log, so that it can be classified', async () => {
    const { app, consumed } = await serve(Both, ['commands', 'events']);
    await app.listen();
    const error = new DependencyUnavailableError('Postgres is away');
    Both.outcome = () => Promise.reject(error);
    await expect(consumed.get('events')?.consumer.consume(batch, delivery)).rejects.toBe(error);
    await app.close();
  });

  it('begins where the checkpoints say', async () => {
    const { app, consumed } = await serve(Both, ['commands', 'events']);
    await app.listen();
    await expect(
      consumed.get('events')?.consumer.assigned({ topic: 'events', partition: 0 }, delivery),
    ).resolves.toEqual({
      next: 7,
    });
    await app.close();
  });

  it('stops every topic and rejects `ended` when one halts', async () => {
    const { app, transport, halts, stops } = await serve(Both, ['commands', 'events']);
    await app.listen();
    halts.get('events')?.(new Error('halted'));
    await expect(transport.ended).rejects.toThrow('halted');
    expect(stops.sort()).toEqual(['commands', 'events']);
    await app.close();
  });

  it('stops every topic and rejects `ended` when nothing is done about messages that wait', async () => {
    const { app, transport, stops } = await serve(Both, ['commands', 'events']);
    await app.listen();
    await expect(transport.ended).rejects.toMatchObject({ reason: 'STALLED' });
    expect(stops.sort()).toEqual(['commands', 'events']);
    await app.close();
  });

  it('goes on where everything that waited was consumed', async () => {
    const { app, transport, consumed } = await serve(Both, ['commands', 'events']);
    Both.outcome = () => Promise.resolve('CONSUMED');
    await app.listen();
    for (const topic of ['commands', 'events'] as const)
      await consumed.get(topic)?.consumer.consume({ ...batch, topic }, delivery);
    await app.close();
    await expect(transport.ended).resolves.toBeUndefined();
  });

  it('refuses to start without a handler for a topic', async () => {
    const { app } = await serve(Twice, ['commands']);
    await expect(app.listen()).rejects.toThrow(/no handler for batch:commands/);
  });

  it('refuses to start with two handlers for a topic, or one for a topic it does not consume', async () => {
    await expect((await serve(Twice, ['events'])).app.listen()).rejects.toThrow(
      /more than one handler for batch:events/,
    );
    await expect((await serve(Both, ['events'])).app.listen()).rejects.toThrow(/batch:commands, which is not consumed/);
  });
});
