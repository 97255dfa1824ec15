import { startKafka, type KafkaService } from './kafka.js';
import { startPostgres, type PostgresOptions, type PostgresService } from './postgres.js';
import { startRedis, type RedisService } from './redis.js';
import type { Service, ServiceOptions } from './service.js';

export interface ServicesOptions {
  /** `false`: not this one. */
  readonly kafka?: ServiceOptions | false;
  readonly postgres?: PostgresOptions | false;
  readonly redis?: ServiceOptions | false;
}

export interface Services {
  readonly kafka: KafkaService | undefined;
  readonly postgres: PostgresService | undefined;
  readonly redis: RedisService | undefined;
  /** Stops all, also when one fails to. Idempotent. */
  stop(): Promise<void>;
}

const nothing = Promise.resolve(undefined);

/** Starts them side by side. If one fails, the others are stopped again and its error is thrown. */
export async function startServices(options: ServicesOptions = {}): Promise<Services> {
  const { kafka = {}, postgres = {}, redis = {} } = options;
  const starting = [
    kafka === false ? nothing : startKafka(kafka),
    postgres === false ? nothing : startPostgres(postgres),
    redis === false ? nothing : startRedis(redis),
  ] as const;
  const outcomes = await Promise.allSettled(starting);
  const started = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' && outcome.value ? [outcome.value] : [],
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await stopAll(started);
    throw failed.reason;
  }
  return {
    kafka: await starting[0],
    postgres: await starting[1],
    redis: await starting[2],
    stop: () => stopAll(started),
  };
}

async function stopAll(services: readonly Service[]): Promise<void> {
  const outcomes = await Promise.allSettled(services.map((service) => service.stop()));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
