import { FOLDED_TOPICS, HEADERS } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlCommands, type ControlFollower } from '@logbook/log';
import type { Tracing } from '@logbook/observability';
import { BatchWriter, ProjectionReader, type Store } from '@logbook/store';
import { DeadLetterPublisher } from './dead-letters/dead-letter-publisher.js';
import { headerOf } from './header-of.js';
import { Isolation } from './isolation/isolation.js';
import { skipRight } from './isolation/skip-right.js';
import { tracedBatches, tracedWriter } from './tracing/traced-batches.js';
import { Projection, type ProjectionOptions } from './projection.js';

/** `ce_source` of what a projector appends. */
export const SOURCE = 'logbook/projector';

export interface ProjectionOfOptions extends Omit<ProjectionOptions, 'writer' | 'isolation' | 'control'> {
  readonly log: Log;
  readonly store: Store;
  readonly control: ControlFollower;
  /** Without it nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** Default the clock of the machine. */
  readonly now?: () => number;
}

/** A generation being followed, with what sets refused messages aside and publishes dead letters. */
export function projectionOf({
  log,
  store,
  control,
  tracing,
  now = Date.now,
  ...options
}: ProjectionOfOptions): Projection {
  const { generation, metrics, logger } = options;
  const { skips } = control.state;
  // A series that begins at 1 shows no increase to an alert.
  for (const topic of FOLDED_TOPICS) metrics.count('logbook_messages_skipped_total', { topic }, 0);
  const letters = new DeadLetterPublisher({ log, metrics });
  const writer = new BatchWriter(store, { skips, onDeadLetters: (rows, batch) => letters.publish(rows, batch) });
  const commands = new ControlCommands(control, SOURCE, now);
  const reader = new ProjectionReader(store);
  const isolation = new Isolation({
    generation,
    writer: tracing === undefined ? writer : tracedWriter(writer, tracing),
    control: {
      skips,
      catchUp: () => control.catchUp(),
      skip: (message, reason) => commands.skip(message, reason),
    },
    rightToSkip: (message) => skipRight(reader, generation, message),
    onSkipped: (message, reason) => {
      const { topic, partition, offset } = message;
      metrics.count('logbook_messages_skipped_total', { topic });
      logger.error(
        { messageId: headerOf(message, HEADERS.id), topic, partition, offset, reason },
        'Postgres refused one message; every replay leaves it out',
      );
    },
    now,
  });
  return new Projection({
    ...options,
    writer,
    isolation: tracing === undefined ? isolation : tracedBatches(isolation, { tracing, generation }),
    control,
  });
}
