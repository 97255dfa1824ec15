import type { Command, LlmRecorded, StoredMessage } from '@logbook/contracts';
import {
  admitCommands,
  type Admitted,
  type CommandsNeeds,
  type EventsNeeds,
  type FoldedMessage,
  type Skips,
} from '@logbook/projections';
import type { PoolClient } from 'pg';
import { foldOf, type Generation } from '../generations/generation.js';
import { copyRows } from '../sql/copy-rows.js';
import { upsertRows } from '../sql/upsert-rows.js';
import { admitInPieces } from './admit-in-pieces.js';
import { loadCommandsSlice } from './load-commands-slice.js';
import { loadEventsSlice } from './load-events-slice.js';

/** What becomes rows of the messages of one topic, and how. Messages of several partitions may be folded together: each owns its rows. */
export interface TopicFolding<M extends Command | LlmRecorded, Needs> {
  admit(stored: readonly StoredMessage[], skips: Skips): Promise<Admitted<M>>;
  /** Which rows folding the messages needs. */
  needs(generation: Generation, messages: readonly FoldedMessage<M>[]): Needs;
  /** Loads them, and writes what the messages make of them; `needs` may be those of more messages. */
  write(
    client: PoolClient,
    generation: Generation,
    folded: { readonly needs: Needs; readonly messages: readonly FoldedMessage<M>[] },
  ): Promise<void>;
}

export const commandsFolding: TopicFolding<Command, CommandsNeeds> = {
  admit: async (stored, skips) => admitCommands(stored, skips),
  needs: (generation, messages) => foldOf(generation).needsOfCommands(messages),
  async write(client, generation, { needs, messages }) {
    const { name } = generation;
    const fold = foldOf(generation);
    const { tables } = fold;
    const changes = fold.foldCommands(await loadCommandsSlice(client, { generation: name, tables }, needs), messages);
    await upsertRows(client, name, tables.fingerprints, changes.fingerprints);
    await upsertRows(client, name, tables.agents, changes.agents);
    await upsertRows(client, name, tables.agentVersions, changes.agentVersions);
    await upsertRows(client, name, tables.people, changes.people);
  },
};

export const eventsFolding: TopicFolding<LlmRecorded, EventsNeeds> = {
  admit: admitInPieces,
  needs: (generation, messages) => foldOf(generation).needsOfEvents(messages),
  async write(client, generation, { needs, messages }) {
    const { name } = generation;
    const fold = foldOf(generation);
    const { tables } = fold;
    const changes = fold.foldEvents(await loadEventsSlice(client, { generation: name, tables }, needs), messages);
    await copyRows(client, name, tables.events, changes.events);
    await upsertRows(client, name, tables.sessions, changes.sessions);
  },
};
