import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, uniqueName, type OwnDatabase } from '@logbook/testing';
import { openStore, type Store } from '../open-store.js';
import { checkDeterminism } from './determinism.contract.js';

/** `npm run determinism` gives these; without them `npm test` runs what is affordable there. */
const { LOGBOOK_DETERMINISM_RUNS: runsGiven, LOGBOOK_DETERMINISM_SEED: seedGiven } = process.env;
const RUNS = Number(runsGiven ?? 500);
/** The embedded store takes several times as long, and runs the first of the same histories. */
const RUNS_EMBEDDED = Math.ceil(RUNS / 20);
const SEED = Number(seedGiven ?? randomInt(2 ** 31));
const TIMEOUT_MS = Math.max(10 * 60_000, RUNS * 1_000);

const options = (runs: number) => ({
  runs,
  seed: SEED,
  command: `npm run determinism -- --runs ${RUNS} --seed ${SEED}`,
});

describe('any replay of a log, by either fold, gives the rows that a plain model gives', () => {
  describe('on PostgreSQL', () => {
    const serverUrl = process.env['LOGBOOK_TEST_DATABASE_URL'] ?? '';
    let database: OwnDatabase;
    let store: Store;

    beforeAll(async () => {
      database = await createDatabase(serverUrl, uniqueName('determinism').replaceAll('-', '_'));
      store = await openStore({ kind: 'postgres', url: database.url });
    });
    afterAll(async () => {
      await store.close();
      await database.drop();
    });

    it(
      `whatever the batches, the interleaving and the crashes (${RUNS} histories)`,
      async () => {
        await checkDeterminism(() => store, options(RUNS));
      },
      TIMEOUT_MS,
    );
  });

  describe('on the embedded store', () => {
    let root: string;
    let store: Store;

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'logbook-determinism-'));
      store = await openStore({ kind: 'embedded', dir: join(root, 'store') });
    }, 60_000);
    afterAll(async () => {
      await store.close();
      await rm(root, { recursive: true, force: true });
    });

    it(
      `whatever the batches, the interleaving and the crashes (${RUNS_EMBEDDED} histories)`,
      async () => {
        await checkDeterminism(() => store, options(RUNS_EMBEDDED));
      },
      TIMEOUT_MS,
    );
  });
});
