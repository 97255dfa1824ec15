import { sessionsTable as sessionsTableOfFold1 } from '../fold-1/tables.js';
import { optional, withColumns, type Row } from '../table.js';

/** Sessions as fold 1 has them, and the model of the latest event in the log that names one. */
export const sessionsTable = withColumns(sessionsTableOfFold1, { lastModel: optional('text', 'owned') });

export type SessionRow = Row<typeof sessionsTable>;
