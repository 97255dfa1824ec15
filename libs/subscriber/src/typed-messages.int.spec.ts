import 'reflect-metadata';
import { EMBEDDED_PARTITION_COUNTS, encodeMessage, type LlmRecorded } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { Controller, Module, type Type } from '@nestjs/common';
import { CommittedOffsets } from './checkpoints/committed-offsets.js';
import { HandlerContext } from './handlers/handler-context.js';
import { OnMessage, OnMessages } from './handlers/message-handlers.decorator.js';
import { typedMessages, type TypedMessagesOptions } from './receivers/typed-messages.js';
import { llmRecorded, SubscriberTest } from './testing/index.js';

const FAST = { firstWaitMs: 1, waitMsMax: 2, attemptsMax: 3 };

let test: SubscriberTest;
let calls: { agent: string; attempt: number }[];
/** What a handler meets; by default nothing. */
let meet: (event: LlmRecorded, context: HandlerContext) => void | Promise<void>;
let sizes: number[];

@Controller()
class Single {
  @OnMessage('com.logbook.llm.recorded.v1')
  async onCall(event: LlmRecorded, context: HandlerContext): Promise<void> {
    calls.push({ agent: event.agentName, attempt: context.attempt });
    await meet(event, context);
  }
}

@Controller()
class Together {
  @OnMessages('com.logbook.llm.recorded.v1')
  async onCalls(events: readonly LlmRecorded[], context: HandlerContext): Promise<void> {
    sizes.push(events.length);
    for (const event of events) await meet(event, context);
    calls.push(...events.map((event) => ({ agent: event.agentName, attempt: context.attempt })));
  }
}

interface StartOptions extends Partial<TypedMessagesOptions> {
  readonly before?: readonly LlmRecorded[];
}

async function start(controller: Type, { before = [], ...options }: StartOptions = {}): Promise<void> {
  @Module({ controllers: [controller] })
  class TestModule {}
  test = await SubscriberTest.start({
    module: TestModule,
    before,
    receive: () =>
      typedMessages({ start: 'beginning', checkpoints: new CommittedOffsets(), retries: FAST, ...options }),
  });
}

/** Calls of one session: one key, one partition. */
const inSession = (...agents: readonly string[]): LlmRecorded[] =>
  agents.map((agentName) => llmRecorded({ session: 's', agentName }));
const agents = (): string[] => calls.map(({ agent }) => agent);
const failing =
  (name: string, times = Number.POSITIVE_INFINITY) =>
  (event: LlmRecorded): void => {
    if (event.agentName === name && times-- > 0) throw new Error(`cannot take ${name}`);
  };

beforeEach(() => {
  calls = [];
  sizes = [];
  meet = () => undefined;
});
afterEach(() => test.close());

describe('a handler of single messages', () => {
  it('gets typed messages, each key in order', async () => {
    await start(Single);
    await test.append(...inSession('a', 'b', 'c'));
    await test.settled();
    expect(agents()).toEqual(['a', 'b', 'c']);
  });

  it('goes on after a restart where it was', async () => {
    await start(Single);
    await test.append(...inSession('a', 'b'));
    await test.settled();
    await test.restart();
    await test.append(...inSession('c'));
    await test.settled();
    expect(agents()).toEqual(['a', 'b', 'c']);
  });

  it('gets again what is redelivered: at least once', async () => {
    await start(Single);
    await test.append(...inSession('a', 'b'));
    await test.settled();
    await test.redeliver();
    expect(agents()).toEqual(['a', 'b', 'a', 'b']);
  });

  it('that fails twice is tried a third time, while its key waits and no dead letter is written', async () => {
    await start(Single);
    meet = failing('b', 2);
    await test.append(...inSession('a', 'b', 'c'));
    await test.settled();
    expect(calls.map(({ agent, attempt }) => `${agent}${attempt}`)).toEqual(['a1', 'b1', 'b2', 'b3', 'c1']);
    await expect(test.deadLetters()).resolves.toEqual([]);
  });

  it('that always fails for one message leaves it as a dead letter, and the rest of its batch is handled', async () => {
    await start(Single);
    meet = failing('b');
    const [, position] = await test.append(...inSession('a', 'b', 'c'));
    await test.settled();
    expect(agents()).toEqual(['a', 'b', 'b', 'b', 'c']);
    const letters = await test.deadLetters();
    expect(letters).toMatchObject([
      { step: 'handle', reason: 'Error: cannot take b', of: `events/${position?.partition}/1` },
    ]);
    expect(String(letters[0]?.letter.headers['lb_group'])).toBe('test');
  });

  it('holds up no other key while it waits or is slow, and keeps the order of its own', async () => {
    await start(Single, { keysConcurrentMax: 2 });
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    meet = (event) => (event.agentName === 'slow' ? slow : undefined);
    // One partition, so that one batch may hold all of them.
    const partition = (session: string): number => test.log.partitionOf('events', `default/${session}`);
    const sameAs = ['s', ...Array.from({ length: 50 }, (_, index) => `s${index}`)].filter(
      (session) => partition(session) === partition('s'),
    );
    const [first = '', second = '', third = ''] = sameAs;
    await test.log.append(
      'events',
      [
        llmRecorded({ session: first, agentName: 'slow' }),
        llmRecorded({ session: first, agentName: 'behind' }),
        llmRecorded({ session: second, agentName: 'other' }),
        llmRecorded({ session: third, agentName: 'third' }),
      ].map(encodeMessage),
    );
    await eventually(() => agents().includes('third'), { what: 'other keys go on' });
    expect(agents()).toEqual(['slow', 'other', 'third']);
    release();
    await test.settled();
    expect(agents()).toEqual(['slow', 'other', 'third', 'behind']);
  });

  it('waits for a dependency that is away for as long as it takes, whatever its attempts', async () => {
    await start(Single);
    let left = 10;
    meet = () => {
      if (left-- > 0) throw new DependencyUnavailableError('the mail server is away');
    };
    await test.append(...inSession('a'));
    await test.settled();
    expect(calls.at(-1)).toEqual({ agent: 'a', attempt: 11 });
    await expect(test.deadLetters()).resolves.toEqual([]);
  });

  it('halts once more than a few failed within a minute, and sets nothing more aside', async () => {
    await start(Single, { deadLettersPerMinuteMax: 2 });
    meet = () => {
      throw new Error('broken');
    };
    await test.append(...inSession('a', 'b', 'c', 'd'));
    await expect(test.settled()).rejects.toThrow(/2 messages were within the last minute/);
    await expect(test.deadLetters()).resolves.toHaveLength(2);
    expect(test.health()).toMatchObject({ state: 'HALTED', reason: expect.stringContaining('broken') });
  });

  it('finishes what is under way when it is stopped, and gets the rest after the restart', async () => {
    await start(Single);
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    meet = () => slow;
    await test.log.append('events', inSession('a', 'b', 'c').map(encodeMessage));
    await eventually(() => calls.length === 1, { what: 'the first is under way' });
    const restarted = test.restart();
    release();
    await restarted;
    await test.settled();
    expect(agents()).toEqual(['a', 'b', 'c']);
  });
});

describe('a handler of many messages', () => {
  it('gets what there is at once', async () => {
    await start(Together);
    await test.log.append('events', inSession('a', 'b', 'c').map(encodeMessage));
    await test.settled();
    expect(sizes).toEqual([3]);
    expect(agents()).toEqual(['a', 'b', 'c']);
  });

  it('that throws on one message loses that one alone, after it was tried alone', async () => {
    await start(Together);
    meet = failing('c');
    await test.log.append('events', inSession('a', 'b', 'c', 'd').map(encodeMessage));
    await test.settled();
    expect(agents()).toEqual(['a', 'b', 'd']);
    expect(sizes).toEqual([4, 2, 2, 1, 1, 1, 1]);
    await expect(test.deadLetters()).resolves.toMatchObject([{ reason: 'Error: cannot take c' }]);
  });
});

describe('what no handler takes', () => {
  const unknown = (type: string, key = 'default/s') => {
    const encoded = encodeMessage(llmRecorded({ session: 's' }));
    return { ...encoded, key, headers: { ...encoded.headers, ce_type: type } };
  };

  it('is a dead letter where it cannot be decoded, and never retried', async () => {
    await start(Single);
    await test.appendRaw('events', unknown('com.example.other'));
    await test.append(...inSession('a'));
    await test.settled();
    expect(agents()).toEqual(['a']);
    await expect(test.deadLetters()).resolves.toMatchObject([{ step: 'decode' }]);
  });

  it('halts the service where a newer release wrote it', async () => {
    await start(Single);
    await test.appendRaw('events', unknown('com.logbook.llm.recorded.v999'));
    await expect(test.settled()).rejects.toThrow(/install the release/);
    expect(calls).toEqual([]);
  });

  it('is left out where the service says so', async () => {
    await start(Single, { newerTypes: 'IGNORE' });
    await test.appendRaw('events', unknown('com.logbook.llm.recorded.v999'));
    await test.append(...inSession('a'));
    await test.settled();
    expect(agents()).toEqual(['a']);
  });
});

describe('the health of a subscriber', () => {
  it('says that it consumes, and of each partition held how far behind it is, once it had a batch', async () => {
    await start(Single);
    const [position] = await test.append(...inSession('a'));
    await test.settled();
    const partitions = Array.from({ length: EMBEDDED_PARTITION_COUNTS.events }, (_, partition) => ({
      topic: 'events',
      partition,
      lagMessages: partition === position?.partition ? 0 : null,
    }));
    expect(test.health()).toEqual({ state: 'CONSUMING', partitions });
  });
});

describe('a pause', () => {
  it('holds messages back until the service goes on, and is told', async () => {
    await start(Single);
    await test.append(...inSession('a'));
    await test.settled();
    await test.running.pause();
    expect(test.health()?.state).toBe('PAUSED');
    await test.append(...inSession('b'));
    // A restart would take it; a paused service also stops at once.
    expect(agents()).toEqual(['a']);
    test.running.resume();
    await test.settled();
    expect(agents()).toEqual(['a', 'b']);
  });

  it('does not keep the service from stopping', async () => {
    await start(Single);
    await test.running.pause();
    await test.append(...inSession('a'));
    await test.restart();
    await test.settled();
    expect(agents()).toEqual(['a']);
  });
});

describe('where a group begins', () => {
  it.each([
    ['latest', []],
    [{ time: new Date(2_000) }, ['b', 'late', 'c']],
    [{ time: new Date(2_001) }, ['c']],
  ] as const)('at %j: of what was there it gets %j, and everything that comes', async (begin, before) => {
    const at = (agentName: string, timeMs: number) => llmRecorded({ session: 's', agentName, timeMs });
    await start(Single, {
      start: begin,
      before: [at('a', 1_000), at('b', 2_000), at('late', 1_500), at('c', 3_000)],
    });
    await test.settled();
    await test.restart();
    await test.append(...inSession('new'));
    await test.settled();
    expect(agents()).toEqual([...before, 'new']);
  });
});
