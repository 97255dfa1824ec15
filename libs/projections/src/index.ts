export { admitCommands, admitEvents, NO_SKIPS } from './admit.js';
export type { Admitted, DeadLetterStep, FoldedMessage, Skips } from './admit.js';
export { checkpointsTable, deadLettersTable, generationTable } from './bookkeeping.tables.js';
export type { CheckpointRow, DeadLetterRow, GenerationRow } from './bookkeeping.tables.js';
export { commonColumns, commonTables, digestColumns, digestedTables } from './digest/digest-columns.js';
export type { DigestColumn, DigestedTables, DigestKind } from './digest/digest-columns.js';
export { framed, FRAMED_NULL, rowSha256 } from './digest/row-hash.js';
export { combinedDigest, digestOfRows, LANES, RowSums, tableDigest } from './digest/table-digest.js';
export type { Digests, TableDigest } from './digest/table-digest.js';
export { foldCommands } from './fold-1/commands.fold.js';
export {
  agentIdOf,
  agentVersionIdOf,
  fingerprintRefText,
  needsOfCommands,
  personKeyOf,
} from './fold-1/commands.needs.js';
export type { CommandsChanges, CommandsNeeds, CommandsSlice, FingerprintRef } from './fold-1/commands.needs.js';
export {
  eventRefText,
  foldEvents,
  FOLD_1_EXTRACTOR_VERSION,
  needsOfEvents,
  sessionKeyOf,
} from './fold-1/events.fold.js';
export type { EventRef, EventsChanges, EventsNeeds, EventsSlice } from './fold-1/events.fold.js';
export {
  agentsTable,
  agentVersionsTable,
  eventsTable,
  fingerprintsTable,
  peopleTable,
  sessionsTable,
} from './fold-1/tables.js';
export type { AgentRow, AgentVersionRow, EventRow, FingerprintRow, PersonRow, SessionRow } from './fold-1/tables.js';
export { CURRENT_FOLD_VERSION, FOLD_1, FOLDS, tablesOf } from './folds.js';
export type { Fold } from './folds.js';
export { descriptionOf, storableReason, storableText } from './storable-text.js';
export { columnName, defineTable, optional, required } from './table.js';
export type { Column, Columns, ColumnType, ColumnValues, DigestScope, Index, Row, Rule, Table } from './table.js';
