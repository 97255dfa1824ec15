import { fingerprintId, offset, tenant, type Command } from '@logbook/contracts';
import fc from 'fast-check';
import type { FoldedMessage } from '../admit.js';
import { foldCommands } from './commands.fold.js';
import {
  agentIdOf,
  agentVersionIdOf,
  fingerprintRefText,
  needsOfCommands,
  personKeyOf,
  type CommandsNeeds,
  type CommandsSlice,
} from './commands.needs.js';
import type { AgentRow, AgentVersionRow, FingerprintRow, PersonRow } from './tables.js';

const acme = tenant('acme');

/** The tables, in memory: what a slice is loaded from and changes are written to. */
class Tables {
  readonly fingerprints = new Map<string, FingerprintRow>();
  readonly agents = new Map<string, AgentRow>();
  readonly agentVersions = new Map<string, AgentVersionRow>();
  readonly people = new Map<string, PersonRow>();

  fold(messages: readonly FoldedMessage<Command>[]): this {
    const changes = foldCommands(this.slice(needsOfCommands(messages)), messages);
    for (const row of changes.fingerprints) this.fingerprints.set(fingerprintRefText(row as never), row);
    for (const row of changes.agents) this.agents.set(row.agentId, row);
    for (const row of changes.agentVersions) this.agentVersions.set(row.agentVersionId, row);
    for (const row of changes.people) this.people.set(row.personKey, row);
    return this;
  }

  rows(): object {
    return {
      fingerprints: sorted(this.fingerprints),
      agents: sorted(this.agents),
      agentVersions: sorted(this.agentVersions),
      people: sorted(this.people),
    };
  }

  /** Exactly what the needs name, so that a need left out shows. */
  private slice(needs: CommandsNeeds): CommandsSlice {
    const greatest = (numbers: number[]): number => Math.max(...numbers);
    const lastOf = (owners: readonly string[], numbersOf: (owner: string) => number[]): Map<string, number> =>
      new Map(
        owners
          .map((owner): [string, number[]] => [owner, numbersOf(owner)])
          .filter(([, numbers]) => numbers.length > 0)
          .map(([owner, numbers]) => [owner, greatest(numbers)]),
      );
    return {
      fingerprints: new Set(needs.fingerprints.map(fingerprintRefText).filter((ref) => this.fingerprints.has(ref))),
      lastAgentNumbers: lastOf(needs.tenants, (owner) =>
        [...this.agents.values()].filter((row) => row.tenant === owner).map((row) => row.agentNumber),
      ),
      agents: only(this.agents, needs.agentIds),
      lastAgentVersionNumbers: lastOf(needs.agentIds, (owner) =>
        [...this.agentVersions.values()].filter((row) => row.agentId === owner).map((row) => row.agentVersionNumber),
      ),
      agentVersions: only(this.agentVersions, needs.agentVersionIds),
      people: only(this.people, needs.personKeys),
    };
  }
}

const only = <V>(rows: Map<string, V>, keys: readonly string[]): Map<string, V> =>
  new Map([...rows].filter(([key]) => keys.includes(key)));
const sorted = <V>(rows: Map<string, V>): [string, V][] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

const attributes = (timeMs: number) => ({ id: `m${timeMs}`, timeMs, source: 'test', tenant: acme });
const history = (...commands: Command[]): FoldedMessage<Command>[] =>
  commands.map((message, index) => ({
    message,
    position: { topic: 'commands', partition: 0, offset: offset(index) },
    bytes: 10,
  }));

const registerAgent = (timeMs: number, agentName: string, description: string | null = null): Command => ({
  ...attributes(timeMs),
  type: 'com.logbook.agent.register.v1',
  agentName,
  description,
});
const updateAgent = (
  timeMs: number,
  agentName: string,
  change: { description?: string | null; deprecated?: boolean },
): Command => ({
  ...attributes(timeMs),
  type: 'com.logbook.agent.update.v1',
  agentName,
  ...change,
});
const registerVersion = (timeMs: number, agentName: string, agentVersionName: string): Command => ({
  ...attributes(timeMs),
  type: 'com.logbook.agent-version.register.v1',
  agentName,
  agentVersionName,
  description: null,
});
const registerPerson = (timeMs: number, personId: string, propertiesJson: string | null): Command => ({
  ...attributes(timeMs),
  type: 'com.logbook.person.register.v1',
  personId,
  propertiesJson,
});

const agent = (tables: Tables, name: string): AgentRow | undefined => tables.agents.get(agentIdOf(acme, name));
const version = (tables: Tables, agentName: string, name: string): AgentVersionRow | undefined =>
  tables.agentVersions.get(agentVersionIdOf(acme, agentName, name));
const person = (tables: Tables, id: string): PersonRow | undefined => tables.people.get(personKeyOf(acme, id));

describe('foldCommands', () => {
  it('numbers agents 1, 2, 3 in the order of their creation and leaves one that exists as it was', () => {
    const tables = new Tables().fold(
      history(
        registerAgent(1, 'a', 'first'),
        registerAgent(2, 'b'),
        registerAgent(3, 'a', 'again'),
        registerAgent(4, 'c'),
      ),
    );
    expect(agent(tables, 'a')).toMatchObject({ agentNumber: 1, descriptionJson: '"first"', createdAtMs: 1 });
    expect(agent(tables, 'b')).toMatchObject({ agentNumber: 2, descriptionJson: null });
    expect(agent(tables, 'c')).toMatchObject({ agentNumber: 3 });
  });

  it('registers the agent of a version that has none, without a description and at the same time', () => {
    const tables = new Tables().fold(history(registerVersion(7, 'a', 'v1'), registerVersion(8, 'a', 'v2')));
    expect(agent(tables, 'a')).toMatchObject({ agentNumber: 1, descriptionJson: null, createdAtMs: 7 });
    expect(version(tables, 'a', 'v1')).toMatchObject({ agentVersionNumber: 1, createdAtMs: 7 });
    expect(version(tables, 'a', 'v2')).toMatchObject({ agentVersionNumber: 2, createdAtMs: 8 });
  });

  it('numbers versions within their agent', () => {
    const tables = new Tables()
      .fold(history(registerVersion(1, 'a', 'v1'), registerVersion(2, 'b', 'v1')))
      .fold(history(registerVersion(3, 'b', 'v2')));
    expect(version(tables, 'b', 'v2')).toMatchObject({ agentVersionNumber: 2 });
    expect(version(tables, 'a', 'v1')).toMatchObject({ agentVersionNumber: 1 });
  });

  it('leaves a description that an update does not name, and clears it by null', () => {
    const tables = new Tables().fold(history(registerAgent(1, 'a', 'd'), updateAgent(2, 'a', {})));
    expect(agent(tables, 'a')?.descriptionJson).toBe('"d"');
    tables.fold(history(updateAgent(3, 'a', { description: null })));
    expect(agent(tables, 'a')?.descriptionJson).toBeNull();
  });

  it('keeps the first time of a deprecation, and clears it', () => {
    const tables = new Tables().fold(
      history(
        registerAgent(1, 'a'),
        updateAgent(2, 'a', { deprecated: true }),
        updateAgent(3, 'a', { deprecated: true }),
      ),
    );
    expect(agent(tables, 'a')?.deprecatedAtMs).toBe(2);
    tables.fold(history(updateAgent(4, 'a', { deprecated: false })));
    expect(agent(tables, 'a')?.deprecatedAtMs).toBeNull();
  });

  it('keeps NUL and lone surrogates of a description in its literal', () => {
    const tables = new Tables().fold(history(registerAgent(1, 'a', 'x\0y\ud800')));
    expect(agent(tables, 'a')?.descriptionJson).toBe('"x\\u0000y\\ud800"');
  });

  it('gives updates of what is unknown no effect', () => {
    const updates: Command[] = [
      updateAgent(1, 'a', { deprecated: true }),
      {
        ...attributes(2),
        type: 'com.logbook.agent-version.update.v1',
        agentName: 'a',
        agentVersionName: 'v',
        description: 'd',
      },
      { ...attributes(3), type: 'com.logbook.person.update.v1', personId: 'p', propertiesJson: '{}' },
    ];
    expect(new Tables().fold(history(...updates)).rows()).toEqual(new Tables().rows());
  });

  it("keeps a person's time of creation, and properties unless others were sent", () => {
    const tables = new Tables().fold(history(registerPerson(1, 'p', '{"a":1}'), registerPerson(2, 'p', null)));
    expect(person(tables, 'p')).toMatchObject({ createdAtMs: 1, propertiesJson: '{"a":1}' });
    tables.fold(history(registerPerson(3, 'p', '{"b": 2}')));
    expect(person(tables, 'p')).toMatchObject({ createdAtMs: 1, propertiesJson: '{"b": 2}' });
  });

  const name = fc.constantFrom('a', 'b', 'c', '__proto__');
  const text = fc.option(fc.constantFrom('', 'one', 'two\0'), { nil: null });
  const command = (timeMs: number): fc.Arbitrary<Command> =>
    fc.oneof(
      fc
        .record({ agentName: name, description: text })
        .map((data) => ({ ...attributes(timeMs), type: 'com.logbook.agent.register.v1' as const, ...data })),
      fc
        .record({
          agentName: name,
          description: fc.option(text, { nil: undefined }),
          deprecated: fc.option(fc.boolean(), { nil: undefined }),
        })
        .map((data) => ({ ...attributes(timeMs), type: 'com.logbook.agent.update.v1' as const, ...data })),
      fc
        .record({ agentName: name, agentVersionName: name, description: text })
        .map((data) => ({ ...attributes(timeMs), type: 'com.logbook.agent-version.register.v1' as const, ...data })),
      fc
        .record({ agentName: name, agentVersionName: name, deprecated: fc.boolean() })
        .map((data) => ({ ...attributes(timeMs), type: 'com.logbook.agent-version.update.v1' as const, ...data })),
      fc
        .record({ personId: name, propertiesJson: fc.constantFrom(null, '{}', '{"a":1}') })
        .map((data) => ({ ...attributes(timeMs), type: 'com.logbook.person.register.v1' as const, ...data })),
      fc
        .record({ personId: name, propertiesJson: fc.constantFrom('{}', '{"b":1}') })
        .map((data) => ({ ...attributes(timeMs), type: 'com.logbook.person.update.v1' as const, ...data })),
      fc.constantFrom('1', '2').map((digit) => ({
        ...attributes(timeMs),
        type: 'com.logbook.fingerprint.register.v1' as const,
        fingerprintId: fingerprintId(`0198c0de-0000-8000-8000-00000000000${digit}`),
        contentJson: `{"at":${timeMs}}`,
      })),
    );
  const histories = fc
    .array(fc.nat(), { maxLength: 40 })
    .chain((seeds) => fc.tuple(...seeds.map((_, index) => command(index + 1))))
    .map((commands) => history(...commands));

  it('gives the same rows however a history is split into batches', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 6 }), (messages, cuts) => {
        const bounds = [0, ...cuts.map((cut) => Math.min(cut, messages.length)).sort((a, b) => a - b), messages.length];
        const split = new Tables();
        bounds.slice(1).forEach((end, index) => split.fold(messages.slice(bounds[index], end)));
        expect(split.rows()).toEqual(new Tables().fold(messages).rows());
      }),
    );
  });

  it('numbers without gaps', () => {
    fc.assert(
      fc.property(histories, (messages) => {
        const tables = new Tables().fold(messages);
        const numbers = [...tables.agents.values()].map((row) => row.agentNumber).sort((a, b) => a - b);
        expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      }),
    );
  });
});
