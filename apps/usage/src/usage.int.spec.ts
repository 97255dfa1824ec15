import 'reflect-metadata';
import { encodeMessage, eventId, tenant, type EventId, type LlmRecorded } from '@logbook/contracts';
import type { Batch, Log, ScanOptions } from '@logbook/core';
import { openStore, type Store } from '@logbook/store';
import { llmRecorded, SubscriberTest, type LlmRecordedFields } from '@logbook/subscriber/testing';
import { createDatabase, uniqueName, type OwnDatabase } from '@logbook/testing';
import { readTotals, type Totals, type TotalsSelection } from './counting/read-totals.js';
import { GROUP } from './group.js';
import { lockReplays } from './replay/replay-lock.js';
import { replayUsage, type ReplayOptions } from './replay/replay-usage.js';
import { receiveUsage, UsageModule } from './usage.module.js';

let database: OwnDatabase;
let store: Store;
let test: SubscriberTest;
beforeEach(async () => {
  database = await createDatabase(
    process.env['LOGBOOK_TEST_DATABASE_URL'] ?? '',
    uniqueName('usage').replaceAll('-', '_'),
  );
  store = await openStore({ kind: 'postgres', url: database.url });
  test = await SubscriberTest.start({
    module: UsageModule,
    group: GROUP,
    receive: ({ logId }) => receiveUsage({ store, logId }, { retries: { firstWaitMs: 1 } }),
  });
});
afterEach(async () => {
  await test.close();
  await store.close();
  await database.drop();
});

const at = (text: string): number => Date.parse(text);
let number = 0;
const newId = (): EventId => eventId(`0198c0de-0000-7000-8000-${String((number += 1)).padStart(12, '0')}`);
/** A call of model m of agent a: 9 tokens in, 2 out, unless it is said otherwise. */
const call = (
  time: string,
  { output, ...fields }: LlmRecordedFields & { readonly output?: unknown } = {},
): LlmRecorded =>
  llmRecorded({
    ...{ timeMs: at(time), session: 's', agentName: 'a', agentVersionName: 'v', id: newId() },
    properties: {
      api: 'openai-responses',
      output: output ?? { model: 'm', usage: { input_tokens: 9, output_tokens: 2 } },
    },
    ...fields,
  });
const append = async (...calls: readonly LlmRecorded[]): Promise<void> => {
  await test.append(...calls);
  await test.settled();
};
const totals = async (selection: Partial<TotalsSelection> = {}): Promise<Totals[]> =>
  (await readTotals(store.pool, { rowsMax: 100, ...selection })) ?? [];
const perDay = async (): Promise<[string, number, string | null][]> =>
  (await totals()).map(({ day, calls, inputTokens }) => [day, calls, inputTokens]);
const replay = async (from: ReplayOptions['from'], options: Partial<ReplayOptions> = {}) => {
  const { logId } = (
    await store.pool.query<{ log_id: string }>('SELECT log_id FROM usage.logbook_checkpoints')
  ).rows.map(({ log_id }) => ({ logId: log_id as ReplayOptions['logId'] }))[0]!;
  return replayUsage({ log: test.log, logId, store, from, signal: new AbortController().signal, ...options });
};
const outdatedRows = async (): Promise<number> =>
  (
    await store.pool.query<{ count: number }>(
      `SELECT (SELECT count(*) FROM usage.totals WHERE edition <> usage.edition_of(day)) +
              (SELECT count(*) FROM usage.counted WHERE edition <> usage.edition_of(day)) AS count`,
    )
  ).rows[0]!.count;

describe('the usage service', () => {
  it('adds up calls, errors and tokens by day, tenant, agent, version, api and model', async () => {
    await append(
      call('2026-05-09T00:00:00.000Z'),
      call('2026-05-09T23:59:59.999Z', { output: { model: 'm', usage: null } }),
      call('2026-05-09T12:00:00Z', { output: { model: 'm', error: {} } }),
      call('2026-05-10T00:00:00.000Z'),
      call('2026-05-09T12:00:00Z', { tenant: tenant('acme') }),
      call('2026-05-09T12:00:00Z', { agentName: 'b' }),
      call('2026-05-09T12:00:00Z', { agentVersionName: 'w' }),
      call('2026-05-09T12:00:00Z', { output: { model: 'n' } }),
      call('2026-05-09T12:00:00Z', { properties: { api: 'mine' } }),
    );
    const none = { inputTokens: null, cachedInputTokens: null, outputTokens: null };
    const one = { calls: 1, errors: 0, inputTokens: '9', cachedInputTokens: '0', outputTokens: '2' };
    const known = { inputUnknownCalls: 0, outputUnknownCalls: 0 };
    const unknown = { inputUnknownCalls: 1, outputUnknownCalls: 1 };
    const base = {
      day: '2026-05-09',
      tenant: 'default',
      agent: 'a',
      agentVersion: 'v',
      api: 'openai-responses',
      model: 'm',
    };
    expect(await totals()).toEqual([
      { ...base, ...one, ...known, day: '2026-05-10' },
      { ...base, ...one, ...known, tenant: 'acme' },
      { ...base, ...none, ...unknown, api: 'mine', model: null, calls: 1, errors: 0 },
      { ...base, ...one, calls: 3, errors: 1, inputUnknownCalls: 2, outputUnknownCalls: 2 },
      { ...base, ...none, ...unknown, model: 'n', calls: 1, errors: 0 },
      { ...base, ...one, ...known, agentVersion: 'w' },
      { ...base, ...one, ...known, agent: 'b' },
    ]);
    expect(await totals({ tenant: 'acme' })).toHaveLength(1);
    expect(await totals({ agent: 'b' })).toHaveLength(1);
    expect(await totals({ day: '2026-05-10' })).toHaveLength(1);
    expect(await totals({ rowsMax: 2 })).toHaveLength(2);
  });

  it('counts a call once, however often it is redelivered, and one that was sent again as it came first', async () => {
    const id = newId();
    await append(call('2026-05-09T12:00:00Z', { id }), call('2026-05-10T12:00:00Z', { id }));
    await append(call('2026-05-11T12:00:00Z', { id }), call('2026-05-09T12:00:00Z'));
    await test.redeliver();
    await test.restart();
    await test.settled();
    expect(await perDay()).toEqual([['2026-05-09', 2, '18']]);
  });

  it('adds up counts beyond 64 bits', async () => {
    const huge = { model: 'm', usage: { input_tokens: 2 ** 53 - 1, output_tokens: 0 } };
    const calls = Array.from({ length: 1_200 }, () => call('2026-05-09T12:00:00Z', { output: huge }));
    await test.log.append('events', calls.map(encodeMessage));
    await test.settled();
    expect(await perDay()).toEqual([['2026-05-09', 1_200, String(1_200n * (2n ** 53n - 1n))]]);
    expect(await test.deadLetters()).toEqual([]);
  });

  it('takes names of 512 characters, a name like another one’s absence, and the first and last years of a message', async () => {
    const long = '𝒳'.repeat(512);
    const output = { model: 'null', usage: {} };
    await append(
      call('2026-05-09T12:00:00Z', { agentName: long, agentVersionName: long, output }),
      call('2026-05-09T12:00:00Z', { agentName: long, agentVersionName: long, output: { usage: {} } }),
      call('0000-01-01T00:00:00Z'),
      call('9999-12-31T23:59:59Z'),
    );
    expect(await totals()).toHaveLength(4);
    expect(await test.deadLetters()).toEqual([]);
  });

  it('counts everything again where its schema was dropped', async () => {
    await append(call('2026-05-09T12:00:00Z'));
    await store.pool.query('DROP SCHEMA usage CASCADE');
    await append(call('2026-05-09T12:00:00Z'));
    expect(await perDay()).toEqual([['2026-05-09', 2, '18']]);
  });
});

describe('a replay', () => {
  /** The log, and what happens behind each range that is read of it. */
  const scanning = (then: () => Promise<void>): Log => {
    async function* scan(range: ScanOptions): AsyncGenerator<Batch> {
      yield* test.log.scan(range);
      await then();
    }
    return new Proxy(test.log, {
      get: (target, name) => (name === 'scan' ? scan : (Reflect.get(target, name) as unknown)),
    });
  };
  const damage = (): Promise<unknown> => store.pool.query('UPDATE usage.totals SET calls = calls + 1000');

  it('from the beginning leaves the same totals, and none of what it replaced', async () => {
    const id = newId();
    await append(
      call('2026-05-09T12:00:00Z', { id }),
      call('2026-05-10T12:00:00Z', { id }),
      call('2026-05-10T13:00:00Z'),
    );
    const before = await totals();
    await damage();
    expect(await replay('beginning')).toEqual({ outcome: 'REPLAYED', edition: 2, fromDay: null, messages: 3 });
    expect(await totals()).toEqual(before);
    expect(await outdatedRows()).toBe(0);
    await append(call('2026-05-10T12:00:00Z', { id }), call('2026-05-10T13:00:00Z'));
    expect(await perDay()).toEqual([
      ['2026-05-10', 2, '18'],
      ['2026-05-09', 1, '9'],
    ]);
  });

  it('from a time counts that whole day and the later ones anew, and leaves those before as they are', async () => {
    await append(call('2026-05-08T12:00:00Z'), call('2026-05-09T08:00:00Z'), call('2026-05-10T12:00:00Z'));
    await damage();
    const replayed = await replay(new Date('2026-05-09T23:59:59.999Z'));
    expect(replayed).toMatchObject({ outcome: 'REPLAYED', fromDay: '2026-05-09', messages: 2 });
    expect(await perDay()).toEqual([
      ['2026-05-10', 1, '9'],
      ['2026-05-09', 1, '9'],
      ['2026-05-08', 1001, '9'],
    ]);
    await append(call('2026-05-08T13:00:00Z'), call('2026-05-09T13:00:00Z'));
    expect((await perDay()).map(([, calls]) => calls)).toEqual([1, 2, 1002]);
  });

  it('from a time counts nothing that a day before it has counted, nor an earlier day’s call that came late', async () => {
    const [first, late] = [newId(), newId()];
    await append(
      call('2026-05-08T12:00:00Z', { id: first }),
      call('2026-05-09T12:00:00Z'),
      call('2026-05-08T13:00:00Z', { id: late }),
      call('2026-05-09T13:00:00Z', { id: first }),
      call('2026-05-09T14:00:00Z', { id: late }),
    );
    const before = await perDay();
    await replay(new Date('2026-05-09T00:00:00.000Z'));
    expect(await perDay()).toEqual(before);
    expect(before).toEqual([
      ['2026-05-09', 1, '9'],
      ['2026-05-08', 2, '18'],
    ]);
    await append(call('2026-05-10T12:00:00Z', { id: first }), call('2026-05-10T12:00:00Z', { id: late }));
    expect(await perDay()).toEqual(before);
  });

  it('after replays from later and earlier times leaves the totals of the log', async () => {
    await append(...['08', '09', '10', '11'].map((day) => call(`2026-05-${day}T12:00:00Z`)));
    const before = await totals();
    for (const from of ['2026-05-10', '2026-05-11', '2026-05-09', '2026-05-10']) {
      await damage();
      await replay(new Date(from));
    }
    await replay('beginning');
    expect(await totals()).toEqual(before);
    expect(await outdatedRows()).toBe(0);
  });

  it.each([
    [2, 2],
    [1, 4],
  ])(
    'counts within the swap what the service has gone on by, 2 messages, where %i are allowed; or reads first: %i messages',
    async (levelMessagesMax, read) => {
      await append(call('2026-05-09T12:00:00Z'), call('2026-05-09T13:00:00Z'));
      const meanwhile = [call('2026-05-09T14:00:00Z'), call('2026-05-09T15:00:00Z')];
      const log = scanning(() => append(...meanwhile.splice(0)));
      const progress: number[] = [];
      await replay('beginning', { log, levelMessagesMax, onProgress: ({ done }) => progress.push(done) });
      expect(progress.at(-1)).toBe(read);
      expect(await perDay()).toEqual([['2026-05-09', 4, '36']]);
      expect(await outdatedRows()).toBe(0);
    },
  );

  it('that is interrupted changes nothing for readers, and the next one removes what it left', async () => {
    await append(call('2026-05-09T12:00:00Z'), call('2026-05-09T13:00:00Z'));
    const stopping = new AbortController();
    const interrupted = replay('beginning', {
      signal: stopping.signal,
      onProgress: () => stopping.abort(),
    });
    await expect(interrupted).rejects.toThrow(/abort/);
    expect(await outdatedRows()).toBeGreaterThan(0);
    expect(await perDay()).toEqual([['2026-05-09', 2, '18']]);
    await replay('beginning');
    expect(await outdatedRows()).toBe(0);
    expect(await perDay()).toEqual([['2026-05-09', 2, '18']]);
  });

  it('that is interrupted within the swap leaves the old totals in place', async () => {
    await append(call('2026-05-09T12:00:00Z'));
    const meanwhile = [call('2026-05-09T13:00:00Z')];
    const stopping = new AbortController();
    await expect(
      replay('beginning', {
        log: scanning(async () => {
          if (meanwhile.length === 0) stopping.abort();
          await append(...meanwhile.splice(0));
        }),
        signal: stopping.signal,
      }),
    ).rejects.toThrow(/abort/);
    const { rows } = await store.pool.query('SELECT edition FROM usage.editions');
    expect(rows).toEqual([{ edition: 1 }]);
    expect(await perDay()).toEqual([['2026-05-09', 2, '18']]);
  });

  it('is refused beside another one, and of another log', async () => {
    await append(call('2026-05-09T12:00:00Z'));
    const other = await lockReplays(store);
    await expect(replay('beginning')).resolves.toEqual({ outcome: 'BUSY' });
    await other?.release();
    const logId = '00000000-0000-4000-8000-000000000001' as ReplayOptions['logId'];
    await expect(replay('beginning', { logId })).rejects.toThrow(/counts log .*, and this is log 0{8}/);
  });
});
