/** Where the fields of a record batch lie; the records follow its head. Source: Kafka's documentation, "Record Batch". */
export const BATCH = {
  LENGTH_AT: 8,
  /** The length counts what lies behind itself. */
  COUNTED_FROM: 12,
  FORMAT_AT: 16,
  CHECKSUM_AT: 17,
  ATTRIBUTES_AT: 21,
  LAST_OFFSET_DELTA_AT: 23,
  FIRST_TIME_AT: 27,
  LAST_TIME_AT: 35,
  PRODUCER_ID_AT: 43,
  PRODUCER_EPOCH_AT: 51,
  FIRST_SEQUENCE_AT: 53,
  COUNT_AT: 57,
  HEAD_BYTES: 61,
} as const;

/** The only format written since Kafka 0.11. */
export const BATCH_FORMAT = 2;
/** By its number in the attributes. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
