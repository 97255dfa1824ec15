import { entityId, type Tenant } from '@logbook/contracts';

/** A key is a hash, which costs more than folding an event, and sessions that go on have events in batch after batch. */
const KNOWN_MAX = 8_192;
const known = new Map<Tenant, Map<string, string>>();
let knownCount = 0;

/** What stands for a session in keys and indexes; its name can be too long for either. */
export function sessionKeyOf(tenant: Tenant, session: string): string {
  const before = known.get(tenant)?.get(session);
  if (before !== undefined) return before;
  if (knownCount === KNOWN_MAX) {
    known.clear();
    knownCount = 0;
  }
  let ofTenant = known.get(tenant);
  if (ofTenant === undefined) known.set(tenant, (ofTenant = new Map<string, string>()));
  const key = entityId('session', tenant, session);
  ofTenant.set(session, key);
  knownCount += 1;
  return key;
}
