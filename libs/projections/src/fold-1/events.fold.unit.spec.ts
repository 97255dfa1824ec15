import { SUMMARY_EXTRACTOR_VERSION } from '@logbook/contracts';
import { describeAnyHistory, event, EventTables } from '../events-fold.contract.js';
import { FOLD_1_EXTRACTOR_VERSION } from './events.fold.js';
import { FOLD_1 } from './fold.js';

describe('foldEvents', () => {
  it('carries the extractor its rows were made by: a newer one needs a new fold version', () => {
    expect(FOLD_1_EXTRACTOR_VERSION).toBe(SUMMARY_EXTRACTOR_VERSION);
  });

  it('begins a session with its first event and adds the later ones', () => {
    const tables = new EventTables(FOLD_1).fold([
      event(5, { agentName: 'a', agentVersionName: 'v', personId: 'p' }),
      event(3, { agentName: 'b', personId: null }),
      event(9, { personId: 'q', summary: null }),
    ]);
    expect(tables.session('s')).toMatchObject({
      agentName: 'a',
      agentVersionName: 'v',
      personId: 'q',
      createdAtMs: 5,
      lastEventAtMs: 9,
      eventCount: 3,
      inputTokens: 20,
      outputTokens: 2,
    });
  });

  it('keeps the person of a session when later events name none', () => {
    expect(new EventTables(FOLD_1).fold([event(1, { personId: 'p' }), event(2)]).session('s')?.personId).toBe('p');
  });

  it('gives an event without a session no session', () => {
    const tables = new EventTables(FOLD_1).fold([event(1, { session: null })]);
    expect(tables.sessions.size).toBe(0);
    expect([...tables.events.values()]).toEqual([
      expect.objectContaining({ session: null, sessionKey: null, logPartition: 3, logOffset: 1 }),
    ]);
  });

  it('counts an id once, and the first stands', () => {
    const tables = new EventTables(FOLD_1).fold([event(1, { agentName: 'first' }), event(1, { agentName: 'second' })]);
    tables.fold([event(1, { agentName: 'third' })]);
    expect([...tables.events.values()].map((row) => row.agentName)).toEqual(['first']);
    expect(tables.session('s')?.eventCount).toBe(1);
  });

  it('reads the body where the summary is missing or older than the fold', () => {
    const body = Buffer.from(
      JSON.stringify({
        properties: {
          api: 'openai-responses',
          output: { model: 'm', usage: { input_tokens: 7, output_tokens: 8 } },
        },
      }),
    );
    const old = { extractor: 0, api: 'wrong', model: 'wrong', inputTokens: 1, outputTokens: 1 };
    const tables = new EventTables(FOLD_1).fold([event(1, { body, summary: null }), event(2, { body, summary: old })]);
    for (const row of tables.events.values()) {
      expect(row).toMatchObject({ api: 'openai-responses', model: 'm', inputTokens: 7, outputTokens: 8 });
    }
  });

  it('leaves out summary texts that Postgres cannot hold', () => {
    const summary = { extractor: 1, api: 'x\0', model: '\ud800', inputTokens: null, outputTokens: null };
    const [row] = [...new EventTables(FOLD_1).fold([event(1, { summary })]).events.values()];
    expect(row).toMatchObject({ api: null, model: null });
  });

  it('saturates token sums at 2^53 - 1', () => {
    const summary = { extractor: 1, api: null, model: null, inputTokens: Number.MAX_SAFE_INTEGER, outputTokens: 0 };
    const tables = new EventTables(FOLD_1).fold([event(1, { summary }), event(2, { summary }), event(3)]);
    expect(tables.session('s')?.inputTokens).toBe(Number.MAX_SAFE_INTEGER);
  });

  describeAnyHistory(FOLD_1);
});
