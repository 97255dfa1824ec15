import type { Invariant } from './invariants.contract.js';

/** Ways to be wrong, and by which invariant each must be found. */
export const FLAWS = {
  /** A gateway acknowledges while the append is under way. */
  ACKNOWLEDGES_EARLY: 'ACKNOWLEDGED_IS_DURABLE',
  /** The log acknowledges what it does not have yet, as with `acks=0`. */
  PRODUCES_WITHOUT_ACKS: 'ACKNOWLEDGED_IS_DURABLE',
  /** The spool acknowledges what is not on the disk yet. */
  SPOOLS_WITHOUT_FSYNC: 'ACKNOWLEDGED_IS_DURABLE',
  /** A gateway that starts leaves the spools of those that are gone alone. */
  ADOPTS_NO_SPOOL: 'ACKNOWLEDGED_IS_ONE_ROW',
  /** An event that was applied is applied again. */
  COUNTS_REPETITIONS: 'ACKNOWLEDGED_IS_ONE_ROW',
  /** Every attempt is an event of its own. */
  IGNORES_IDEMPOTENCY_KEYS: 'RETRY_IS_ONE_EVENT',
  /** Numbers are taken from a sequence, which a rollback does not give back. */
  NUMBERS_FROM_A_SEQUENCE: 'NUMBERS_WITHOUT_GAPS',
  /** A time is taken from the clock of the projector. */
  FOLDS_ITS_OWN_CLOCK: 'REPLAYS_AGREE',
  /** The checkpoint moves in a transaction before that of the rows. */
  CHECKPOINT_BEFORE_ROWS: 'CHECKPOINT_PASSES_ONLY_WHAT_WAS_APPLIED',
  /** A batch is applied wherever the checkpoint is. */
  NO_FENCE: 'ZOMBIE_WRITES_NOTHING',
  /** Other gateways are told of names that are only in this one's spool. */
  SHARES_SPOOLED_NAMES: 'CACHE_IS_NEVER_WRONG',
  /** A write is answered as soon as the log has it. */
  ANSWERS_WRITES_AT_ONCE: 'READ_YOUR_WRITES',
  /** Reads wait for the message before the one they should wait for. */
  WAITS_ONE_SHORT: 'READ_YOUR_WRITES',
  /** What is accepted while the spool holds something goes to the log all the same. */
  OVERTAKES_THE_SPOOL: 'SPOOL_KEEPS_ORDER',
  /** What is drained gets a new id. */
  RENAMES_SPOOLED_EVENTS: 'SPOOL_KEEPS_MESSAGES',
  /** The ends of the log are asked for once. */
  REMEMBERS_LOG_ENDS: 'NOT_FOUND_ONLY_IF_THE_LOG_DOES_NOT_HOLD_IT',
  /** A generation answers reads before it has come to the log's ends of its creation. */
  READY_TOO_EARLY: 'NOT_FOUND_ONLY_IF_THE_LOG_DOES_NOT_HOLD_IT',
  /** A projector that finds another's checkpoint keeps its own position. */
  NEVER_ASKS_AGAIN: 'RECOVERS',
} as const satisfies Record<string, Invariant>;

export type Flaw = keyof typeof FLAWS;
export const FLAW_NAMES = Object.keys(FLAWS) as Flaw[];
