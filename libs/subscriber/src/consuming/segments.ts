import type { TypedHandler } from '../receivers/match-handlers.js';
import type { Entry } from './admit.js';

/** Entries in a row, [begin, end), that one call of a batch handler takes, or, without one, that go message by message. */
export interface Segment {
  readonly begin: number;
  readonly end: number;
  readonly handler: TypedHandler | undefined;
}

/**
 * Cuts entries wherever the next one is handled in another way, so that whatever the handlers' forms, messages of one key are
 * handled in the order of the log. What is ignored cuts nothing.
 */
export function segmentsOf(entries: readonly Entry[]): Segment[] {
  const segments: Segment[] = [];
  let begin = 0;
  let handler: TypedHandler | undefined;
  let isOpen = false;
  entries.forEach((entry, index) => {
    if (entry.fate === 'IGNORE') return;
    const needed = entry.fate === 'HANDLE' && entry.handler.form === 'BATCH' ? entry.handler : undefined;
    if (isOpen && needed !== handler) {
      segments.push({ begin, end: index, handler });
      begin = index;
    }
    handler = needed;
    isOpen = true;
  });
  if (entries.length > 0) segments.push({ begin, end: entries.length, handler });
  return segments;
}
