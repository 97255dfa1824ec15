/** What passes by itself: the batch is sent again, the same bytes. Source: Kafka protocol guide, error codes. */
const PASSING: ReadonlyMap<number, string> = new Map([
  [2, 'CORRUPT_MESSAGE'],
  [3, 'UNKNOWN_TOPIC_OR_PARTITION'],
  [5, 'LEADER_NOT_AVAILABLE'],
  [6, 'NOT_LEADER_OR_FOLLOWER'],
  [7, 'REQUEST_TIMED_OUT'],
  [13, 'NETWORK_EXCEPTION'],
  [19, 'NOT_ENOUGH_REPLICAS'],
  [20, 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'],
  [56, 'KAFKA_STORAGE_ERROR'],
  [74, 'FENCED_LEADER_EPOCH'],
]);

/** What does not pass while the same producer sends the same batch, as far as it has a name here. */
const LASTING: ReadonlyMap<number, string> = new Map([
  [10, 'MESSAGE_TOO_LARGE'],
  [18, 'RECORD_LIST_TOO_LARGE'],
  [29, 'TOPIC_AUTHORIZATION_FAILED'],
  [31, 'CLUSTER_AUTHORIZATION_FAILED'],
  [32, 'INVALID_TIMESTAMP'],
  [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
  [46, 'DUPLICATE_SEQUENCE_NUMBER'],
  [47, 'INVALID_PRODUCER_EPOCH'],
  [59, 'UNKNOWN_PRODUCER_ID'],
  [87, 'INVALID_RECORD'],
]);

/** A broker did not append a batch. */
export class ProduceError extends Error {
  /** The protocol's name of the error. */
  readonly type: string;
  /** Whether the same bytes may be taken when they are sent again. */
  readonly passes: boolean;

  constructor(code: number) {
    const type = PASSING.get(code) ?? LASTING.get(code) ?? `error ${code}`;
    super(`the broker answered ${type}`);
    this.type = type;
    this.passes = PASSING.has(code);
  }
}
