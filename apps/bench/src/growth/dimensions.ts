/** What grows while everything else stays as it is. */
export const DIMENSIONS = ['batch', 'body', 'names', 'rows'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

interface Description {
  readonly title: string;
  /** Of the sizes. */
  readonly unit: string;
  readonly sizes: readonly number[];
}

export const DESCRIPTIONS: Readonly<Record<Dimension, Description>> = {
  batch: { title: 'Size of a batch', unit: 'events a request', sizes: [10, 100, 1_000] },
  body: { title: 'Size of a body', unit: 'bytes a body, one event a request', sizes: [1_000, 10_000, 100_000] },
  names: { title: 'Names at the gateway', unit: 'people and sessions known', sizes: [1_000, 100_000, 1_000_000] },
  rows: { title: 'Rows in PostgreSQL', unit: 'sessions, people and events held', sizes: [1_000, 100_000, 1_000_000] },
};

/** One measurement of one round. */
export interface GrowthSample {
  readonly round: number;
  readonly dimension: Dimension;
  /** The process, and where it needs saying what it did: `PostgreSQL, people`. */
  readonly series: string;
  readonly size: number;
  /** CPU microseconds of that process, what it does aside included. */
  readonly usPerEvent: number;
}
