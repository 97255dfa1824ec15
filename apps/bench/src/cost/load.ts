import { Connection, type WireRequest } from './connection.js';

export interface LoadOptions {
  readonly port: number;
  /** Requests under way at a time, each on a connection of its own. */
  readonly concurrency: number;
  readonly keepAlive: boolean;
  readonly seconds: number;
  /** Sent in turn, or made as they are sent. */
  readonly requests: readonly WireRequest[] | (() => WireRequest);
  /** Called with the body of each answer. */
  readonly onAnswer?: (body: string) => void;
}

export interface Load {
  readonly events: number;
  readonly bodyBytes: number;
  readonly seconds: number;
}

/** Sends as fast as answers come, until the time is over and every request was answered. Rejects with the first failure. */
export async function runLoad(options: LoadOptions): Promise<Load> {
  const { port, concurrency, keepAlive, seconds, requests, onAnswer } = options;
  const beganMs = performance.now();
  const endMs = beganMs + seconds * 1_000;
  let turn = 0;
  let events = 0;
  let bodyBytes = 0;
  const sender = async (): Promise<void> => {
    let connection = await Connection.open(port);
    try {
      while (performance.now() < endMs) {
        const request =
          typeof requests === 'function' ? requests() : (requests[turn++ % requests.length] as WireRequest);
        const body = await connection.send(request);
        onAnswer?.(body);
        events += request.events;
        bodyBytes += request.bodyBytes;
        if (keepAlive) continue;
        connection.close();
        connection = await Connection.open(port);
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sender));
  return { events, bodyBytes, seconds: (performance.now() - beganMs) / 1_000 };
}
