/** What the worker is started with. */
export interface WorkerSettings {
  readonly dir: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** What the worker says, once each. */
export type WorkerMessage =
  | { readonly state: 'LISTENING'; readonly port: number }
  /** The directory could not be opened; the worker ends. */
  | { readonly state: 'NOT_OPENED'; readonly reason: string }
  /** PGlite failed while it ran; the worker ends. */
  | { readonly state: 'BROKEN'; readonly reason: string };

/** What the worker is told. */
export type WorkerRequest = 'CLOSE';

/** Connections beyond the process's own one: the CLI and people with `psql`. */
export const EMBEDDED_CONNECTIONS_MAX = 16;
