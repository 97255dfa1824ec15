/**
 * A service on the subscriber library that only counts, with positions committed to Kafka.
 * Usage: subscriber.program.js <brokers> <prefix> <messages> single|batch
 */
import 'reflect-metadata';
import {
  CommittedOffsets,
  connectLog,
  LogTransport,
  OnMessage,
  OnMessages,
  typedMessages,
  type LlmRecorded,
} from '@logbook/subscriber';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { countTo } from './count-to.js';

const [brokers = '', prefix = '', total = '0', form = ''] = process.argv.slice(2);
const counter = countTo(Number(total));

@Controller()
class Single {
  @OnMessage('com.logbook.llm.recorded.v1')
  onCall(_: LlmRecorded): void {
    counter.count(1);
  }
}

@Controller()
class Batch {
  @OnMessages('com.logbook.llm.recorded.v1')
  onCalls(calls: readonly LlmRecorded[]): void {
    counter.count(calls.length);
  }
}

@Module({ controllers: [form === 'single' ? Single : Batch] })
class CountingModule {}

const { log } = await connectLog({ location: { kind: 'kafka', brokers: brokers.split(','), prefix } });
const transport = new LogTransport({
  log,
  group: `bench-${process.pid}`,
  receive: typedMessages({ start: 'beginning', checkpoints: new CommittedOffsets() }),
});
const app = await NestFactory.createMicroservice(CountingModule, { strategy: transport, logger: ['error'] });
await app.listen();
await counter.reached;
await app.close();
await log.close();
