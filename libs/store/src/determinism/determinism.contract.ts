import { FOLDED_TOPICS, type Topic } from '@logbook/contracts';
import { digestedTables, digestOfRows, FOLDS, tablesOf, type Digests, type Fold } from '@logbook/projections';
import fc from 'fast-check';
import { emptyDatabase, LOG_ID, NOTHING, type OpenedStore } from '../contract-fixtures.contract.js';
import { readDigests } from '../digest/read-digests.js';
import { createGeneration } from '../generations/create-generation.js';
import { foldOf, type Generation } from '../generations/generation.js';
import { tableIn } from '../sql/identifiers.js';
import { inTransaction } from '../sql/transaction.js';
import { describeCase, inspected, type Case } from './describe-case.contract.js';
import { histories } from './history.contract.js';
import { modelRows, type ModelRows } from './model.contract.js';
import { Replay } from './replay.contract.js';
import { schedules } from './schedule.contract.js';
import { storedLogOf } from './stored-log.contract.js';

/** In so many random histories transactions of every topic crash. */
const RUNS_WITH_CRASHES = 20;
/** How long a smaller history is looked for once one has failed. */
const SMALLER_MS_MAX = 45_000;

const KINDS = ['content', 'position'] as const;

/** One generation a fold, side by side. */
const GENERATIONS: readonly Generation[] = [...FOLDS.keys()].map((foldVersion) => ({
  name: `gen_${foldVersion}`,
  foldVersion,
}));

export interface DeterminismOptions {
  readonly runs: number;
  readonly seed: number;
  /** How to run the same again, for the report of a failure. */
  readonly command: string;
}

const cases: fc.Arbitrary<Case> = fc.record({
  history: histories,
  schedules: fc.tuple(...GENERATIONS.map(() => schedules)),
});

/**
 * Replays `runs` random histories on random schedules into a generation of each fold. Throws with the seed and the smallest
 * history and schedules that were found where rows differ from those of the model.
 */
export async function checkDeterminism(
  opened: OpenedStore,
  { runs, seed, command }: DeterminismOptions,
): Promise<void> {
  await createGenerations(opened);
  let failedAtMs = Infinity;
  const crashed = new Set<Topic>();
  const property = fc.asyncProperty(cases, async ({ history, schedules: steps }) => {
    // What is still to be tried then counts as passed, which ends the search.
    if (performance.now() > failedAtMs + SMALLER_MS_MAX) return;
    const log = storedLogOf(history);
    const expected = modelRows(log);
    await emptyGenerations(opened);
    const replayed = await Promise.allSettled(
      GENERATIONS.map(async (generation, index) => {
        const replay = new Replay(opened(), generation, log);
        await replay.run(steps[index] ?? []);
        for (const topic of replay.crashed) crashed.add(topic);
        await compare(opened, generation, expected);
      }),
    );
    const failed = replayed.find((result) => result.status === 'rejected');
    if (failed === undefined) return;
    failedAtMs = Math.min(failedAtMs, performance.now());
    throw failed.reason;
  });
  const details = await fc.check(property, { numRuns: runs, seed });
  if (!details.failed) {
    const neverCrashed = FOLDED_TOPICS.filter((topic) => !crashed.has(topic));
    if (runs >= RUNS_WITH_CRASHES && neverCrashed.length > 0)
      throw new Error(`no transaction of ${neverCrashed.join(' or ')} crashed: what was tried says less than it seems`);
    return;
  }
  const reason = details.errorInstance instanceof Error ? details.errorInstance.message : 'no reason was given';
  throw new Error(
    `replays disagree, found in run ${details.numRuns} and made smaller ${details.numShrinks} times\n` +
      `again: ${command} (seed ${details.seed})\n\n${details.counterexample === null ? '' : describeCase(details.counterexample[0])}\n\n${reason}`,
  );
}

async function createGenerations(opened: OpenedStore): Promise<void> {
  await emptyDatabase(opened());
  await inTransaction(opened().pool, async (client) => {
    for (const generation of GENERATIONS)
      await createGeneration(client, { generation, logId: LOG_ID, logEnds: NOTHING });
  });
}

/** Empties the tables, checkpoints included; creating them anew costs ten times as much. */
async function emptyGenerations(opened: OpenedStore): Promise<void> {
  const statements = GENERATIONS.flatMap((generation) =>
    tablesOf(foldOf(generation))
      .filter(({ name }) => name !== 'generation')
      .map(({ name }) => `DELETE FROM ${tableIn(generation.name, name)}`),
  );
  await opened().pool.query(statements.join(';'));
}

async function compare(opened: OpenedStore, generation: Generation, expected: ModelRows): Promise<void> {
  const fold = foldOf(generation);
  for (const kind of KINDS) {
    const seen = await readDigests(opened().pool, generation.name, fold, { kind });
    const wanted = digestsOf(expected, fold, kind);
    for (const [table, digest] of wanted) {
      if (seen.get(table)?.digest === digest.digest && seen.get(table)?.rows === digest.rows) continue;
      const { rows } = await opened().pool.query(`SELECT * FROM ${tableIn(generation.name, table)}`);
      throw new Error(
        `fold ${fold.version}, ${kind} digest of ${table}\nthe model has ${inspected(expected[table])}\nthe table holds ${inspected(rows)}`,
      );
    }
  }
}

function digestsOf(rows: ModelRows, fold: Fold, kind: (typeof KINDS)[number]): Digests {
  const tables = [...digestedTables(tablesOf(fold), kind)];
  return new Map(tables.map(([name, columns]) => [name, digestOfRows(name, columns, rows[name] ?? [])]));
}
