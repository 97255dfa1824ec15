import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';

/** Runs a module on Transport.KAFKA as Nest's documentation leads to, from the topic's beginning until `done`. */
export async function runStockMicroservice(
  module: Type,
  { brokers, topic, done }: { readonly brokers: string; readonly topic: string; readonly done: Promise<unknown> },
): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
    transport: Transport.KAFKA,
    options: {
      client: { brokers: brokers.split(','), clientId: 'bench-stock' },
      consumer: { groupId: `${topic}-stock-${process.pid}` },
      subscribe: { fromBeginning: true },
    },
    logger: ['error'],
  });
  await app.listen();
  await done;
  await app.close();
}
