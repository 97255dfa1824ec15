import type { LlmRecorded } from '@logbook/contracts';
import type { FoldedMessage } from '../admit.js';
import { foldEvents as foldEventsAsFold1, type EventsChanges, type EventsSlice } from '../fold-1/events.fold.js';
import type { SessionRow } from './tables.js';

/** What fold 1 makes of the events, and each session's last model. */
export function foldEvents(
  slice: EventsSlice<SessionRow>,
  messages: readonly FoldedMessage<LlmRecorded>[],
): EventsChanges<SessionRow> {
  const { events, sessions } = foldEventsAsFold1(slice, messages);
  // Only events that count are among the rows, in the order of the log.
  const lastModels = new Map<string, string>();
  for (const { sessionKey, model } of events) {
    if (sessionKey !== null && model !== null) lastModels.set(sessionKey, model);
  }
  return {
    events,
    sessions: sessions.map((session) => ({
      ...session,
      lastModel: lastModels.get(session.sessionKey) ?? slice.sessions.get(session.sessionKey)?.lastModel ?? null,
    })),
  };
}
