import { untilCaughtUp } from '../caught-up.js';
import type { System } from '../harness/system.js';
import { dumpRows } from '../rows.js';
import { ISOLATION_CASES, ownedBy, type Owned } from './isolation.cases.js';
import { newTenant, type NewTenant } from './new-tenant.js';

const SET_UP_TIMEOUT_MS = 60_000;
/** An agent with its version, a person, a session, and two events; the fingerprint is one for all. */
const ROWS_PER_CASE = 6;

/** Another tenant's key sees nothing and changes nothing, whatever operation it calls and whatever the request claims. */
export function describeIsolation(system: () => System): void {
  let owner: NewTenant;
  let intruder: NewTenant;
  const owned = new Map<string, Owned>();
  let before: readonly string[];

  /** What the owner's tenant holds, as the tables have it. */
  const ownersRows = async (): Promise<readonly string[]> => {
    await untilCaughtUp(system());
    const tables = await system().withStore((store) => dumpRows(store));
    return Object.entries(tables).flatMap(([table, rows]) =>
      rows.filter((row) => row.includes(JSON.stringify(owner.tenant))).map((row) => `${table} ${row}`),
    );
  };

  beforeAll(async () => {
    [owner, intruder] = await Promise.all([newTenant(system()), newTenant(system())]);
    for (const operation of Object.keys(ISOLATION_CASES)) owned.set(operation, await ownedBy(owner));
    before = await ownersRows();
  }, SET_UP_TIMEOUT_MS);

  it('there is a case for every operation of the OpenAPI document that needs a key', async () => {
    const answer = await system().api.send({ path: '/openapi.json', key: null });
    const { paths } = answer.json<{ paths: Record<string, Record<string, { operationId: string }>> }>();
    const operations = Object.entries(paths)
      .filter(([path]) => path.startsWith('/api/'))
      .flatMap(([, item]) => Object.values(item).map(({ operationId }) => operationId));
    expect(Object.keys(ISOLATION_CASES).sort()).toEqual(operations.sort());
  });

  it.each(Object.entries(ISOLATION_CASES))('%s with the key of another tenant', async (operation, attempt) => {
    await attempt({ owner, intruder, owned: owned.get(operation) as Owned });
  });

  it('after all of it every row of the owner is as it was', async () => {
    expect(before.length).toBeGreaterThanOrEqual(owned.size * ROWS_PER_CASE);
    expect(await ownersRows()).toEqual(before);
  });
}
