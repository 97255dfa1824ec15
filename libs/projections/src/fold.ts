import type { Command, LlmRecorded } from '@logbook/contracts';
import type { FoldedMessage } from './admit.js';
import type { checkpointsTable, deadLettersTable, generationTable } from './bookkeeping.tables.js';
import type { CommandsChanges, CommandsNeeds, CommandsSlice } from './fold-1/commands.needs.js';
import type { EventsChanges, EventsNeeds, EventsSlice } from './fold-1/events.fold.js';
import type {
  agentsTable,
  agentVersionsTable,
  eventsTable,
  fingerprintsTable,
  peopleTable,
  SessionRow,
  sessionsTable,
} from './fold-1/tables.js';

/** The tables of a generation. A fold's own may have further columns. */
export interface FoldTables {
  readonly fingerprints: typeof fingerprintsTable;
  readonly agents: typeof agentsTable;
  readonly agentVersions: typeof agentVersionsTable;
  readonly people: typeof peopleTable;
  readonly sessions: typeof sessionsTable;
  readonly events: typeof eventsTable;
  readonly deadLetters: typeof deadLettersTable;
  readonly checkpoints: typeof checkpointsTable;
  readonly generation: typeof generationTable;
}

/**
 * One version of everything that decides what its tables hold.
 *
 * Methods, which TypeScript lets take narrower types than their interface says: a fold whose rows have further columns
 * is a fold too. It is right to call it through this interface as long as its slices are loaded by its own `tables`.
 */
export interface Fold<Session extends SessionRow = SessionRow> {
  readonly version: number;
  readonly tables: FoldTables;
  needsOfCommands(messages: readonly FoldedMessage<Command>[]): CommandsNeeds;
  foldCommands(slice: CommandsSlice, messages: readonly FoldedMessage<Command>[]): CommandsChanges;
  needsOfEvents(messages: readonly FoldedMessage<LlmRecorded>[]): EventsNeeds;
  foldEvents(slice: EventsSlice<Session>, messages: readonly FoldedMessage<LlmRecorded>[]): EventsChanges<Session>;
}
