import { checkpointsTable, deadLettersTable, generationTable } from '../bookkeeping.tables.js';
import type { Fold } from '../fold.js';
import { foldCommands } from './commands.fold.js';
import { needsOfCommands } from './commands.needs.js';
import { foldEvents, needsOfEvents } from './events.fold.js';
import {
  agentsTable,
  agentVersionsTable,
  eventsTable,
  fingerprintsTable,
  peopleTable,
  sessionsTable,
} from './tables.js';

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
} as const satisfies Fold;
