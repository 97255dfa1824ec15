/**
 * A microservice as Nest's documentation leads to: Transport.KAFKA, one message at a time.
 * Usage: stock-nest.program.js <brokers> <topic> <messages>
 */
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { registerLz4 } from '../kafkajs-lz4.js';
import { runStockMicroservice } from '../servers/stock-microservice.js';
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

await runStockMicroservice(CountingModule, { brokers, topic, done: counter.reached });
