import { offset, type LogbookMessage, type Offset, type StoredMessage } from '@logbook/contracts';
import { CURRENT_FOLD, digestedTables, digestOfRows, tablesOf } from '@logbook/projections';
import { type AcknowledgedEvent, keyRefOf, type Ledger } from './ledger.contract.js';
import { contentOf, PLACES } from './log-view.contract.js';
import { ModelStore } from './model-store.contract.js';
import type { World } from './world.contract.js';

/** What must be there once everything runs again and nothing is under way. */
export function requireSettled(world: World, ledger: Ledger): void {
  world.view.catchUp();
  requireCheckpointsApplied(world);
  requireMessagesKept(world);
  requireOneRow(world, ledger);
  requireOneEventOfAKey(world, ledger);
  requireOrder(world, ledger);
  requireNumbers(world);
  requireReplay(world);
}

/** Every message before a checkpoint has had its effect. */
export function requireCheckpointsApplied(world: World): void {
  const { store, view } = world;
  for (const { stored, message } of view.catchUp().messages) {
    if (stored.offset >= store.next(stored) || hasEffect(store, message)) continue;
    world.require(
      'CHECKPOINT_PASSES_ONLY_WHAT_WAS_APPLIED',
      false,
      `${placeOf(stored)} has no row, and the checkpoint is ${store.next(stored)}`,
    );
  }
}

function hasEffect(store: ModelStore, message: LogbookMessage): boolean {
  switch (message.type) {
    case 'com.logbook.llm.recorded.v1':
      return store.event(message.tenant, message.id) !== null;
    case 'com.logbook.fingerprint.register.v1':
      return store.fingerprint(message.tenant, message.fingerprintId);
    case 'com.logbook.agent.register.v1':
      return store.agent(message.tenant, message.agentName) !== null;
    case 'com.logbook.agent-version.register.v1':
      return store.agentVersion(message.tenant, message.agentName, message.agentVersionName).version !== null;
    case 'com.logbook.person.register.v1':
      return store.person(message.tenant, message.personId) !== null;
    default:
      return true;
  }
}

/** What is in the log is byte for byte what a gateway accepted, wherever it has been in between. */
function requireMessagesKept(world: World): void {
  for (const { stored } of world.view.messages) {
    const isPreloaded = String(stored.headers['ce_id']).startsWith('copied for ');
    world.require(
      'SPOOL_KEEPS_MESSAGES',
      isPreloaded || world.accepted.has(contentOf(stored)),
      `${placeOf(stored)} is no message that a gateway accepted`,
    );
  }
}

function requireOneRow(world: World, { events }: Ledger): void {
  const { store, view } = world;
  for (const { tenant, id } of events) {
    world.require(
      'ACKNOWLEDGED_IS_ONE_ROW',
      view.events.has(id) && store.event(tenant, id) !== null,
      `event ${id} was acknowledged, and ${view.events.has(id) ? 'has no row' : 'the log does not hold it'}`,
    );
  }
  // The rows of events are keyed by their ids; what is counted is not.
  for (const { tenant, session, eventCount } of store.sessions()) {
    const rows = store.events().filter((row) => row.tenant === tenant && row.session === session).length;
    world.require(
      'ACKNOWLEDGED_IS_ONE_ROW',
      rows === eventCount,
      `session ${session} of ${tenant} counts ${eventCount} events, and has ${rows}`,
    );
  }
}

/** Also of a key whose attempts were never answered. */
function requireOneEventOfAKey(world: World, { events }: Ledger): void {
  const idsOf = new Map<string, string>();
  for (const event of events) {
    const ref = keyRefOf(event);
    if (ref === null) continue;
    const id = idsOf.get(ref) ?? event.id;
    idsOf.set(ref, id);
    world.require('RETRY_IS_ONE_EVENT', id === event.id, `${ref} is both ${id} and ${event.id}`);
  }
}

/** What one gateway acknowledged before it was given another event of the session comes before that in the log. */
function requireOrder(world: World, ledger: Ledger): void {
  const placeIn = (id: string): Offset => world.view.events.get(id)?.offset ?? offset(0);
  for (const earlier of ledger.events) {
    for (const later of ledger.events) {
      if (!mustFollow(ledger, earlier, later)) continue;
      world.require(
        'SPOOL_KEEPS_ORDER',
        placeIn(earlier.id) < placeIn(later.id),
        `event ${later.id} of session ${later.session ?? ''} overtook ${earlier.id}`,
      );
    }
  }
}

function mustFollow(ledger: Ledger, earlier: AcknowledgedEvent, later: AcknowledgedEvent): boolean {
  if (earlier.session === null || earlier.session !== later.session || earlier.tenant !== later.tenant) return false;
  const { attempt } = earlier;
  if (attempt.lane !== later.attempt.lane || earlier.id === later.id) return false;
  const attempts = ledger.attemptsOf(later);
  // Another gateway promises no order.
  if (attempts.some(({ lane }) => lane !== attempt.lane)) return false;
  if (attempt !== later.attempt) return attempts.every(({ beganAt }) => earlier.acknowledgedAt < beganAt);
  // Another client may have sent the later one meanwhile, and been first.
  const alone = attempts.every((other) => other === attempt || later.acknowledgedAt < other.beganAt);
  return alone && earlier.index < later.index;
}

function requireNumbers(world: World): void {
  const { store } = world;
  const numbers = new Map<string, number[]>();
  const add = (owner: string, number: number): void => void numbers.set(owner, [...(numbers.get(owner) ?? []), number]);
  for (const { tenant, agentNumber } of store.agents()) add(`agents of ${tenant}`, agentNumber);
  for (const { agentId, agentVersionNumber } of store.agentVersions())
    add(`versions of ${agentId}`, agentVersionNumber);
  for (const [owner, given] of numbers) {
    const sorted = [...given].sort((a, b) => a - b);
    world.require(
      'NUMBERS_WITHOUT_GAPS',
      sorted.every((number, index) => number === index + 1),
      `the ${owner} are numbered ${sorted.join(', ')}`,
    );
  }
}

/** The log once more, in other batches and another order of partitions, without a flaw. */
function requireReplay(world: World): void {
  const { choices, view } = world;
  const replay = new ModelStore(new Map());
  const rest = PLACES.map((place) => ({
    place,
    messages: view.messages
      .map(({ stored }) => stored)
      .filter(({ topic, partition }) => topic === place.topic && partition === place.partition),
  }));
  for (let open = rest; open.length > 0; open = open.filter(({ messages }) => messages.length > 0)) {
    const { place, messages } = choices.of(open);
    const batch = messages.splice(0, 1 + choices.below(6));
    const from = replay.next(place);
    replay.apply({ ...place, from, next: offset(from + batch.length), messages: batch, end: view.endOf(place) });
  }
  const [seen, expected] = [digestsOf(world.store), digestsOf(replay)];
  for (const [table, digest] of expected) {
    world.require('REPLAYS_AGREE', seen.get(table) === digest, `a replay gives other rows of ${table}`);
  }
}

function digestsOf(store: ModelStore): Map<string, string> {
  const rows = store.rows();
  const tables = [...digestedTables(tablesOf(CURRENT_FOLD), 'position')];
  return new Map(tables.map(([name, columns]) => [name, digestOfRows(name, columns, rows.get(name) ?? []).digest]));
}

const placeOf = ({ topic, partition, offset: at }: StoredMessage): string => `${topic}[${partition}] offset ${at}`;
