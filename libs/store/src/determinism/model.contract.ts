import { entityId, messageSha256, type Command } from '@logbook/contracts';
import { leavesTime } from './flaws.contract.js';
import type { Intended, Told } from './history.contract.js';
import { API, type Placed, type StoredLog } from './stored-log.contract.js';

type ModelRow = Readonly<Record<string, unknown>>;
/** By the names of tables, their rows. */
export type ModelRows = Readonly<Record<string, readonly ModelRow[]>>;

type IntendedEvent = Extract<Intended, { event: unknown }>;

/**
 * What the tables hold, said as plainly as the documents say it: no batch, no slice, no decoding (what a message means
 * is what its writer meant, unless it is flawed), sessions made from their events at the end. It shares no code with
 * the folds but the ids of named things and the hash of a message, which are definitions of their own.
 */
export function modelRows({ partitions, skips }: StoredLog): ModelRows {
  const deadLetters: ModelRow[] = [];
  const commands: Command[] = [];
  const events: Placed[] = [];
  for (const { topic, messages } of partitions) {
    for (const placed of messages) {
      const skipped = skips.reasonOf(topic, placed.stored) !== undefined;
      if (skipped || placed.flaw !== null) deadLetters.push(deadLetter(placed, skipped ? 'apply' : 'decode'));
      else if ('event' in placed.intended) events.push(placed);
      else commands.push(placed.intended);
    }
  }
  const firsts = firstOfEachId(events);
  return { dead_letters: deadLetters, events: firsts, sessions: sessionsOf(firsts), ...rowsOfCommands(commands) };
}

function deadLetter({ stored, intended, flaw }: Placed, step: string): ModelRow {
  const { timeMs } = 'event' in intended ? intended.event : intended;
  return {
    topic: stored.topic,
    partition: stored.partition,
    offset: stored.offset,
    key: stored.key,
    sha256: messageSha256(stored),
    step,
    recordedAtMs: flaw === null || leavesTime(flaw) ? timeMs : null,
  };
}

interface EventModelRow extends ModelRow {
  readonly tenant: string;
  readonly session: string | null;
  readonly recordedAtMs: number;
  readonly model: string | null;
  readonly personId: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/** One id of one tenant is one event: the first in the log stands. */
function firstOfEachId(placed: readonly Placed[]): EventModelRow[] {
  const rows = new Map<string, EventModelRow>();
  for (const { stored, intended } of placed) {
    const { event, told } = intended as IntendedEvent;
    const ref = `${event.tenant} ${event.id}`;
    if (rows.has(ref)) continue;
    rows.set(ref, {
      tenant: event.tenant,
      eventId: event.id,
      session: event.session,
      sessionKey: event.session === null ? null : entityId('session', event.tenant, event.session),
      fingerprintId: event.fingerprintId,
      agentName: event.agentName,
      agentVersionName: event.agentVersionName,
      personId: event.personId,
      recordedAtMs: event.timeMs,
      api: API,
      model: keptModel(told),
      inputTokens: told.inputTokens,
      outputTokens: told.outputTokens,
      bytes: stored.value?.length,
      logPartition: stored.partition,
      logOffset: stored.offset,
    });
  }
  return [...rows.values()];
}

/** A summary's text is left out where it is over 256 bytes, or holds NUL or lone surrogates. */
function keptModel({ model }: Told): string | null {
  return model !== null && Buffer.byteLength(model) <= 256 && !/[\0\ud800]/.test(model) ? model : null;
}

/** A session is its events in the order of the log, which one partition holds. */
function sessionsOf(events: readonly EventModelRow[]): ModelRow[] {
  const sessions = new Map<unknown, EventModelRow[]>();
  for (const event of events) {
    if (event.session === null) continue;
    sessions.set(event['sessionKey'], [...(sessions.get(event['sessionKey']) ?? []), event]);
  }
  return [...sessions].map(([sessionKey, all]) => ({
    sessionKey,
    tenant: all[0]?.tenant,
    session: all[0]?.session,
    agentName: all[0]?.['agentName'],
    agentVersionName: all[0]?.['agentVersionName'],
    createdAtMs: all[0]?.recordedAtMs,
    personId: all.findLast(({ personId }) => personId !== null)?.personId ?? null,
    lastModel: all.findLast(({ model }) => model !== null)?.model ?? null,
    lastEventAtMs: all.map(({ recordedAtMs }) => recordedAtMs).sort((a, b) => b - a)[0],
    eventCount: all.length,
    inputTokens: cappedSum(all.map(({ inputTokens }) => inputTokens)),
    outputTokens: cappedSum(all.map(({ outputTokens }) => outputTokens)),
  }));
}

function cappedSum(counts: readonly (number | null)[]): number {
  const sum = counts.reduce((total, count) => total + BigInt(count ?? 0), 0n);
  return sum > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(sum);
}

type Changing = Record<string, unknown>;

function rowsOfCommands(commands: readonly Command[]): ModelRows {
  const fingerprints = new Map<string, Changing>();
  const agents = new Map<string, Changing>();
  const versions = new Map<string, Changing>();
  const people = new Map<string, Changing>();

  const registerAgent = (tenant: string, agentName: string, description: string | null, timeMs: number): Changing => {
    const agentId = entityId('agent', tenant, agentName);
    const known = agents.get(agentId);
    if (known !== undefined) return known;
    const agentNumber = [...agents.values()].filter((agent) => agent['tenant'] === tenant).length + 1;
    const agent = { agentId, tenant, agentName, agentNumber, ...described(description), ...created(timeMs) };
    agents.set(agentId, agent);
    return agent;
  };
  const registerVersion = (command: Extract<Command, { type: 'com.logbook.agent-version.register.v1' }>): void => {
    const { tenant, agentName, agentVersionName, description, timeMs } = command;
    const agentVersionId = entityId('agent-version', tenant, agentName, agentVersionName);
    if (versions.has(agentVersionId)) return;
    const { agentId } = registerAgent(tenant, agentName, null, timeMs);
    const agentVersionNumber = [...versions.values()].filter((version) => version['agentId'] === agentId).length + 1;
    const of = { agentVersionId, agentId, tenant, agentName, agentVersionName, agentVersionNumber };
    versions.set(agentVersionId, { ...of, ...described(description), ...created(timeMs) });
  };

  for (const command of commands) {
    const { tenant, timeMs } = command;
    switch (command.type) {
      case 'com.logbook.fingerprint.register.v1': {
        const { fingerprintId, contentJson } = command;
        const ref = `${tenant} ${fingerprintId}`;
        if (!fingerprints.has(ref)) fingerprints.set(ref, { tenant, fingerprintId, contentJson, createdAtMs: timeMs });
        break;
      }
      case 'com.logbook.agent.register.v1':
        registerAgent(tenant, command.agentName, command.description, timeMs);
        break;
      case 'com.logbook.agent-version.register.v1':
        registerVersion(command);
        break;
      case 'com.logbook.agent.update.v1':
        change(agents.get(entityId('agent', tenant, command.agentName)), command);
        break;
      case 'com.logbook.agent-version.update.v1':
        change(versions.get(entityId('agent-version', tenant, command.agentName, command.agentVersionName)), command);
        break;
      case 'com.logbook.person.register.v1':
      case 'com.logbook.person.update.v1': {
        const { personId, propertiesJson } = command;
        const personKey = entityId('person', tenant, personId);
        const known = people.get(personKey);
        if (known === undefined && command.type === 'com.logbook.person.register.v1')
          people.set(personKey, { personKey, tenant, personId, propertiesJson, createdAtMs: timeMs });
        else if (known !== undefined && propertiesJson !== null) known['propertiesJson'] = propertiesJson;
        break;
      }
    }
  }
  return {
    fingerprints: [...fingerprints.values()],
    agents: [...agents.values()],
    agent_versions: [...versions.values()],
    people: [...people.values()],
  };
}

const created = (timeMs: number) => ({ createdAtMs: timeMs, deprecatedAtMs: null });

/** A description is kept as a JSON string literal. */
const described = (description: string | null) => ({
  descriptionJson: description === null ? null : JSON.stringify(description),
});

/** What is not there stays as it is; deprecating twice keeps the first time. */
function change(
  row: Changing | undefined,
  { description, deprecated, timeMs }: Extract<Command, { deprecated?: boolean | undefined }>,
): void {
  if (row === undefined) return;
  if (description !== undefined) Object.assign(row, described(description));
  if (deprecated === true) row['deprecatedAtMs'] ??= timeMs;
  if (deprecated === false) row['deprecatedAtMs'] = null;
}
