/**
 * A microservice as Nest's documentation leads to: Transport.KAFKA, one message at a time.
 * Usage: stock-nest.program.js <brokers> <topic> <messages>
 */
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { registerLz4 } from '../kafkajs-lz4.js';
import { countTo } from './count-to.js';

const [brokers = '', topic = '', total = '0'] = process.argv.slice(2);
registerLz4();
const counter = countTo(Number(total));

@Controller()
class Counting {
  @EventPattern(topic)
  onMessage(@Payload() _: unknown): void {
    counter.count(1);
  }
}

@Module({ controllers: [Counting] })
class CountingModule {}

const app = await NestFactory.createMicroservice<MicroserviceOptions>(CountingModule, {
  transport: Transport.KAFKA,
  options: {
    client: { brokers: brokers.split(','), clientId: 'bench-stock' },
    consumer: { groupId: `${topic}-stock-${process.pid}` },
    subscribe: { fromBeginning: true },
  },
  logger: ['error'],
});
await app.listen();
await counter.reached;
await app.close();
