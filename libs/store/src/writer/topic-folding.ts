import type { Command, LlmRecorded, StoredMessage } from '@logbook/contracts';
import {
  admitCommands,
  type Admitted,
  type CommandsNeeds,
  type CommandsSlice,
  type EventsNeeds,
  type EventsSlice,
  type FoldedMessage,
  type Skips,
} from '@logbook/projections';
import type { PoolClient } from 'pg';
import { foldOf, type Generation } from '../generations/generation.js';
import { copyRows } from '../sql/copy-rows.js';
import { together } from '../sql/together.js';
import { upsertRows } from '../sql/upsert-rows.js';
import { admitInPieces } from './admit-in-pieces.js';
import { loadCommandsSlice } from './load-commands-slice.js';
import { loadEventsSlice } from './load-events-slice.js';

/** What becomes rows of the messages of one topic, and how. Messages of several partitions may be folded together: each owns its rows. */
export interface TopicFolding<M extends Command | LlmRecorded, Needs, Slice> {
  admit(stored: readonly StoredMessage[], skips: Skips): Promise<Admitted<M>>;
  /** Which rows folding the messages needs. */
  needs(generation: Generation, messages: readonly FoldedMessage<M>[]): Needs;
  load(client: PoolClient, generation: Generation, needs: Needs): Promise<Slice>;
  /** Writes what the messages make of the rows; the slice may hold what more messages need. */
  write(
    client: PoolClient,
    generation: Generation,
    folded: { readonly slice: Slice; readonly messages: readonly FoldedMessage<M>[] },
  ): Promise<void>;
}

export const commandsFolding: TopicFolding<Command, CommandsNeeds, CommandsSlice> = {
  admit: async (stored, skips) => admitCommands(stored, skips),
  needs: (generation, messages) => foldOf(generation).needsOfCommands(messages),
  load: loadCommandsSlice,
  async write(client, generation, { slice, messages }) {
    const { name } = generation;
    const fold = foldOf(generation);
    const { tables } = fold;
    const changes = fold.foldCommands(slice, messages);
    await together([
      upsertRows(client, name, tables.fingerprints, changes.fingerprints),
      upsertRows(client, name, tables.agents, changes.agents),
      upsertRows(client, name, tables.agentVersions, changes.agentVersions),
      upsertRows(client, name, tables.people, changes.people),
    ]);
  },
};

export const eventsFolding: TopicFolding<LlmRecorded, EventsNeeds, EventsSlice> = {
  admit: admitInPieces,
  needs: (generation, messages) => foldOf(generation).needsOfEvents(messages),
  load: loadEventsSlice,
  async write(client, generation, { slice, messages }) {
    const { name } = generation;
    const fold = foldOf(generation);
    const { tables } = fold;
    const changes = fold.foldEvents(slice, messages);
    await together([
      copyRows(client, name, tables.events, changes.events),
      upsertRows(client, name, tables.sessions, changes.sessions),
    ]);
  },
};
