import type { LogId } from '@logbook/contracts';
import type { Store } from '@logbook/store';
import { PostgresCheckpoints, typedMessages, type Receiver, type TypedMessagesOptions } from '@logbook/subscriber';
import { Module } from '@nestjs/common';
import { SCHEMA } from './counting/tables.js';
import { UsageController } from './usage.controller.js';

@Module({ controllers: [UsageController] })
export class UsageModule {}

/** How the service takes messages: from the beginning of the log, its positions in the schema of its totals. */
export const receiveUsage = (
  { store, logId }: { readonly store: Store; readonly logId: LogId },
  options: Pick<TypedMessagesOptions, 'metrics' | 'logger' | 'retries'> = {},
): Receiver =>
  typedMessages({
    ...options,
    start: 'beginning',
    checkpoints: new PostgresCheckpoints({ pool: store.pool, schema: SCHEMA, logId }),
  });
