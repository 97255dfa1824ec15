import { defineTable, optional, required, type Row } from './table.js';

/**
 * Messages that will never be applied. The time is `ce_time` where the message has a readable one.
 * The reason is for people: its wording may change between releases, so no digest counts it.
 */
export const deadLettersTable = defineTable({
  name: 'dead_letters',
  columns: {
    topic: required('text', 'owned'),
    partition: required('int', 'owned', 'position'),
    offset: required('bigint', 'owned', 'position'),
    key: optional('bytes', 'owned'),
    sha256: required('bytes', 'owned'),
    reason: required('text', 'owned', 'none'),
    step: required('text', 'owned'),
    recordedAtMs: optional('timestamp', 'owned'),
  },
  primaryKey: ['topic', 'partition', 'offset'],
  write: 'once',
});

/** How far a generation has followed each partition, and the last message it consumed there. */
export const checkpointsTable = defineTable({
  name: 'checkpoints',
  columns: {
    topic: required('text', 'owned', 'none'),
    partition: required('int', 'owned', 'none'),
    nextOffset: required('bigint', 'owned', 'none'),
    lastOffset: optional('bigint', 'owned', 'none'),
    lastSha256: optional('bytes', 'owned', 'none'),
  },
  primaryKey: ['topic', 'partition'],
  write: 'replace',
  fillPercent: 50,
});

/**
 * What a generation says of itself, in one row. `incarnation` is new whenever its tables are created anew;
 * `logEnds` are the ends of the log at that moment, and `ready` says that every partition has passed them.
 */
export const generationTable = defineTable({
  name: 'generation',
  columns: {
    incarnation: required('uuid', 'owned', 'none'),
    logId: required('uuid', 'owned', 'none'),
    foldVersion: required('int', 'owned', 'none'),
    logEnds: required('jsonb', 'owned', 'none'),
    ready: required('boolean', 'merged', 'none'),
    createdAtMs: required('timestamp', 'owned', 'none'),
  },
  primaryKey: ['incarnation'],
  write: 'replace',
});

export type DeadLetterRow = Row<typeof deadLettersTable>;
export type CheckpointRow = Row<typeof checkpointsTable>;
export type GenerationRow = Row<typeof generationTable>;
