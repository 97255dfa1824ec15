import { FOLD_1 } from '../fold-1/fold.js';
import type { Fold } from '../fold.js';
import { foldEvents } from './events.fold.js';
import { sessionsTable, type SessionRow } from './tables.js';

/** Fold 1 with the last model of each session. */
export const FOLD_2 = {
  ...FOLD_1,
  version: 2,
  tables: { ...FOLD_1.tables, sessions: sessionsTable },
  foldEvents,
} as const satisfies Fold<SessionRow>;
