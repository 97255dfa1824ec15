import { setImmediate as turn } from 'node:timers/promises';
import { offset, type TopicPartition } from '@logbook/contracts';
import type { ScanSource } from '../delivery/scan-pieces.js';
import type { Environment } from './environment.js';

/** Reading is synchronous, so a piece is small: between two of them whatever else this process does gets its turn. */
const PIECE_MESSAGES_MAX = 1_000;

/** The embedded log never deletes, so it holds every partition from 0 on. */
export function embeddedScanSource(environment: Environment, place: TopicPartition): ScanSource {
  return {
    bounds: async () => {
      environment.refresh();
      return { start: offset(0), end: environment.end(place) };
    },
    fetch: async (at) => {
      await turn();
      environment.refresh();
      const { messages, end } = environment.readFrom(place, at, PIECE_MESSAGES_MAX);
      return messages.length === 0 ? 'NOT_HELD' : { next: offset(at + messages.length), messages, end };
    },
    release: async () => undefined,
  };
}
