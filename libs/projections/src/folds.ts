import { checkpointsTable, deadLettersTable, generationTable } from './bookkeeping.tables.js';
import { foldCommands } from './fold-1/commands.fold.js';
import { needsOfCommands } from './fold-1/commands.needs.js';
import { foldEvents, needsOfEvents } from './fold-1/events.fold.js';
import {
  agentsTable,
  agentVersionsTable,
  eventsTable,
  fingerprintsTable,
  peopleTable,
  sessionsTable,
} from './fold-1/tables.js';
import type { Table } from './table.js';

/** Version 1 of the fold: everything that decides what its tables hold. */
export const FOLD_1 = {
  version: 1,
  tables: {
    fingerprints: fingerprintsTable,
    agents: agentsTable,
    agentVersions: agentVersionsTable,
    people: peopleTable,
    sessions: sessionsTable,
    events: eventsTable,
    deadLetters: deadLettersTable,
    checkpoints: checkpointsTable,
    generation: generationTable,
  },
  needsOfCommands,
  foldCommands,
  needsOfEvents,
  foldEvents,
} as const;
export type Fold = typeof FOLD_1;

/** Every fold this release carries: the current one and, once there is one, the one before. */
export const FOLDS: ReadonlyMap<number, Fold> = new Map([[FOLD_1.version, FOLD_1]]);
export const CURRENT_FOLD_VERSION = FOLD_1.version;

/** The tables a fold fills, in the order of their names. */
export function tablesOf(fold: Fold): readonly Table[] {
  return Object.values<Table>(fold.tables).sort((left, right) => (left.name < right.name ? -1 : 1));
}
