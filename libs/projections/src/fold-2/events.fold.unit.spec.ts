import fc from 'fast-check';
import { describeAnyHistory, event, EventTables, histories } from '../events-fold.contract.js';
import { FOLD_1 } from '../fold-1/fold.js';
import { FOLD_2 } from './fold.js';

const naming = (model: string | null) => ({
  summary: { extractor: 1, api: null, model, inputTokens: null, outputTokens: null },
});

describe('foldEvents of fold 2', () => {
  it('gives a session the model of the event that is last in the log, not of the one that is last in time', () => {
    const tables = new EventTables(FOLD_2).fold([
      event(1, { ...naming('m'), timeMs: 9 }),
      event(2, { ...naming('n'), timeMs: 5 }),
    ]);
    expect(tables.session('s')).toMatchObject({ lastModel: 'n', lastEventAtMs: 9 });
  });

  it('keeps the last model when later events name none, in the same batch or in another', () => {
    const tables = new EventTables(FOLD_2).fold([event(1, naming('m')), event(2, naming(null))]);
    expect(tables.session('s')?.lastModel).toBe('m');
    expect(tables.fold([event(3, naming(null))]).session('s')?.lastModel).toBe('m');
    expect(tables.fold([event(4, naming('n'))]).session('s')?.lastModel).toBe('n');
  });

  it('takes no model from an event whose id was folded before', () => {
    const tables = new EventTables(FOLD_2).fold([event(1, naming('m')), event(1, naming('n'))]);
    expect(tables.fold([event(1, naming('o'))]).session('s')?.lastModel).toBe('m');
  });

  it('gives a session none where no event names one, nor one that Postgres cannot hold', () => {
    const tables = new EventTables(FOLD_2).fold([event(1, naming(null)), event(2, naming('\0'))]);
    expect(tables.session('s')?.lastModel).toBeNull();
  });

  it('tells sessions apart', () => {
    const tables = new EventTables(FOLD_2).fold([
      event(1, naming('m')),
      event(2, { ...naming('n'), session: 't' }),
      event(3, { ...naming('o'), session: null }),
    ]);
    expect([tables.session('s')?.lastModel, tables.session('t')?.lastModel]).toEqual(['m', 'n']);
  });

  it('makes the rows of fold 1 but for the last model', () => {
    fc.assert(
      fc.property(histories, (messages) => {
        const { events, sessions } = new EventTables(FOLD_2).fold(messages);
        const before = new EventTables(FOLD_1).fold(messages);
        expect(events).toEqual(before.events);
        for (const [key, session] of sessions) {
          expect({ ...session, lastModel: undefined }).toEqual(before.sessions.get(key));
        }
        expect(sessions.size).toBe(before.sessions.size);
      }),
    );
  });

  describeAnyHistory(FOLD_2);
});
