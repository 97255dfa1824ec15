import {
  messageSha256,
  offset,
  type FingerprintId,
  type Offset,
  type StoredMessage,
  type Tenant,
  type TopicPartition,
} from '@logbook/contracts';
import type { Batch, BatchOutcome, StartPosition } from '@logbook/core';
import {
  admitCommands,
  admitEvents,
  agentIdOf,
  agentVersionIdOf,
  CURRENT_FOLD,
  eventRefText,
  fingerprintRefText,
  personKeyOf,
  tablesOf,
  type AgentRow,
  type AgentVersionRow,
  type CommandsNeeds,
  type CommandsSlice,
  type EventRow,
  type EventsNeeds,
  type PersonRow,
  type SessionRow,
  type Columns,
  type Row,
  type Table,
} from '@logbook/projections';
import type { AgentAndVersion } from '@logbook/store';
import type { Flaw } from './flaws.contract.js';
import { PLACES } from './log-view.contract.js';

interface Checkpoint {
  readonly next: Offset;
  readonly last: StoredMessage | undefined;
}
type AnyRow = Readonly<Record<string, unknown>>;
export const placeName = ({ topic, partition }: TopicPartition): string => `${topic}[${partition}]`;

/** What the store promises, in memory: the real fold, its tables, and a batch whose rows and checkpoint are one. */
export class ModelStore {
  private readonly rowsOf = new Map<string, Map<string, AnyRow>>();
  private readonly checkpoints = new Map<string, Checkpoint>();
  private readonly sequences = new Map<string, number>();

  /** `readyAt`: per partition the end it must have passed before reads are answered. */
  constructor(
    private readonly readyAt: ReadonlyMap<string, Offset>,
    private readonly flaw?: Flaw,
  ) {}

  get isReady(): boolean {
    if (this.flaw === 'READY_TOO_EARLY') return true;
    return PLACES.every((place) => this.next(place) >= (this.readyAt.get(placeName(place)) ?? 0));
  }

  next(place: TopicPartition): Offset {
    return this.checkpoints.get(placeName(place))?.next ?? offset(0);
  }

  startPosition(place: TopicPartition): StartPosition {
    const last = this.checkpoints.get(placeName(place))?.last;
    return { next: this.next(place), last: last && { offset: last.offset, sha256: messageSha256(last) } };
  }

  apply(batch: Batch): BatchOutcome {
    if (this.flaw === 'NUMBERS_FROM_A_SEQUENCE') this.drawNumbers(batch);
    if (batch.from !== this.next(batch) && this.flaw !== 'NO_FENCE') return 'STALE';
    this.moveCheckpoint(batch);
    this.writeRows(batch);
    return 'CONSUMED';
  }

  moveCheckpoint(batch: Batch): void {
    this.checkpoints.set(placeName(batch), { next: batch.next, last: batch.messages.at(-1) });
  }

  writeRows({ topic, messages: stored }: Batch): void {
    const { tables } = CURRENT_FOLD;
    if (topic === 'commands') {
      const { messages } = admitCommands(stored);
      const changes = CURRENT_FOLD.foldCommands(this.commandsSlice(CURRENT_FOLD.needsOfCommands(messages)), messages);
      this.upsert(tables.fingerprints, changes.fingerprints);
      this.upsert(tables.agents, changes.agents);
      this.upsert(tables.agentVersions, changes.agentVersions);
      this.upsert(tables.people, changes.people);
    } else {
      const { messages } = admitEvents(stored);
      const changes = CURRENT_FOLD.foldEvents(this.eventsSlice(CURRENT_FOLD.needsOfEvents(messages)), messages);
      this.upsert(tables.events, changes.events);
      this.upsert(tables.sessions, changes.sessions);
    }
  }

  /** The rows of each table, by its name. */
  rows(): ReadonlyMap<string, readonly AnyRow[]> {
    return new Map(tablesOf(CURRENT_FOLD).map((table) => [table.name, [...this.rowsIn(table).values()]]));
  }

  agents(): AgentRow[] {
    return this.all(CURRENT_FOLD.tables.agents);
  }
  agentVersions(): AgentVersionRow[] {
    return this.all(CURRENT_FOLD.tables.agentVersions);
  }
  events(): EventRow[] {
    return this.all(CURRENT_FOLD.tables.events);
  }
  sessions(): SessionRow[] {
    return this.all(CURRENT_FOLD.tables.sessions);
  }

  agent(tenant: Tenant, name: string): AgentRow | null {
    return this.find(CURRENT_FOLD.tables.agents, agentIdOf(tenant, name));
  }
  agentVersion(tenant: Tenant, agent: string, name: string): AgentAndVersion {
    const version = this.find(CURRENT_FOLD.tables.agentVersions, agentVersionIdOf(tenant, agent, name));
    return { agent: this.agent(tenant, agent), version };
  }
  person(tenant: Tenant, id: string): PersonRow | null {
    return this.find(CURRENT_FOLD.tables.people, personKeyOf(tenant, id));
  }
  fingerprint(tenant: Tenant, fingerprintId: FingerprintId): boolean {
    return this.find(CURRENT_FOLD.tables.fingerprints, tenant, fingerprintId) !== null;
  }
  event(tenant: string, eventId: string): EventRow | null {
    return this.find(CURRENT_FOLD.tables.events, tenant, eventId);
  }

  private find<C extends Columns>(table: Table<C>, ...key: readonly unknown[]): Row<Table<C>> | null {
    return (this.rowsIn(table).get(JSON.stringify(key)) as Row<Table<C>> | undefined) ?? null;
  }

  private all<C extends Columns>(table: Table<C>): Row<Table<C>>[] {
    return [...this.rowsIn(table).values()] as Row<Table<C>>[];
  }

  private rowsIn({ name }: { readonly name: string }): Map<string, AnyRow> {
    let rows = this.rowsOf.get(name);
    if (rows === undefined) this.rowsOf.set(name, (rows = new Map<string, AnyRow>()));
    return rows;
  }

  private upsert(table: Table, rows: readonly AnyRow[]): void {
    const held = this.rowsIn(table);
    for (const row of rows) {
      const key = JSON.stringify(table.primaryKey.map((column) => row[column]));
      if (table.write === 'once' && held.has(key)) continue;
      held.set(
        key,
        this.flaw === 'FOLDS_ITS_OWN_CLOCK' && 'deprecatedAtMs' in row ? { ...row, createdAtMs: Date.now() } : row,
      );
    }
  }

  private commandsSlice(needs: CommandsNeeds): CommandsSlice {
    const agents = this.agents();
    const versions = this.agentVersions();
    const { tables } = CURRENT_FOLD;
    return {
      fingerprints: new Set(
        needs.fingerprints
          .filter(({ tenant, fingerprintId }) => this.fingerprint(tenant, fingerprintId))
          .map(fingerprintRefText),
      ),
      lastAgentNumbers: new Map(
        needs.tenants.map((tenant) => [
          tenant,
          this.sequences.get(tenant) ??
            highest(agents.filter((row) => row.tenant === tenant).map(({ agentNumber }) => agentNumber)),
        ]),
      ),
      agents: byId(needs.agentIds, (id) => this.find(tables.agents, id)),
      lastAgentVersionNumbers: new Map(
        needs.agentIds.map((id) => [
          id,
          highest(versions.filter(({ agentId }) => agentId === id).map(({ agentVersionNumber }) => agentVersionNumber)),
        ]),
      ),
      agentVersions: byId(needs.agentVersionIds, (id) => this.find(tables.agentVersions, id)),
      people: byId(needs.personKeys, (key) => this.find(tables.people, key)),
    };
  }

  private eventsSlice(needs: EventsNeeds) {
    const known =
      this.flaw === 'COUNTS_REPETITIONS'
        ? []
        : needs.events.filter((ref) => this.event(ref.tenant, ref.eventId) !== null);
    const sessions = byId(needs.sessionKeys, (key) => this.find(CURRENT_FOLD.tables.sessions, key));
    return { events: new Set(known.map((ref) => eventRefText(ref.tenant, ref.eventId))), sessions };
  }

  private drawNumbers({ topic, messages }: Batch): void {
    if (topic !== 'commands') return;
    for (const { message } of admitCommands(messages).messages) {
      if (message.type !== 'com.logbook.agent.register.v1') continue;
      const last = highest(
        this.agents()
          .filter(({ tenant }) => tenant === message.tenant)
          .map(({ agentNumber }) => agentNumber),
      );
      const drawn = this.sequences.get(message.tenant);
      this.sequences.set(message.tenant, drawn === undefined ? last : Math.max(drawn + 1, last));
    }
  }
}

/** Those that exist. */
function byId<R>(ids: readonly string[], find: (id: string) => R | null): Map<string, R> {
  const rows = new Map<string, R>();
  for (const id of ids) {
    const row = find(id);
    if (row !== null) rows.set(id, row);
  }
  return rows;
}

const highest = (numbers: readonly number[]): number => Math.max(0, ...numbers);
