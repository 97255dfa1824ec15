import { describeBatches } from './api/batches.contract.js';
import { describeBodies } from './api/bodies.contract.js';
import { describeEntities } from './api/entities.contract.js';
import { describeEvents } from './api/events.contract.js';
import { describeHttp } from './api/http.contract.js';
import { describeIdempotency } from './api/idempotency.contract.js';
import { describeIdentifiers } from './api/identifiers.contract.js';
import { describeIsolation } from './api/isolation.contract.js';
import { describePeople } from './api/people.contract.js';
import { describeRedaction } from './api/redaction.contract.js';
import { describeSmoke } from './api/smoke.contract.js';
import { describeTenants } from './api/tenants.contract.js';
import { describeOnEveryDriverSet } from './drivers.js';

// One start of the services for all subjects: starting them takes longer than most of these tests.
describeOnEveryDriverSet('the HTTP API', (system) => {
  describe('events', () => describeEvents(system));
  describe('batches', () => describeBatches(system));
  describe('agents and versions', () => describeEntities(system));
  describe('people', () => describePeople(system));
  describe('identifiers', () => describeIdentifiers(system));
  describe('idempotency keys', () => describeIdempotency(system));
  describe('bodies', () => describeBodies(system));
  describe('HTTP', () => describeHttp(system));
  describe('redaction', () => describeRedaction(system));
  describe('tenants', () => describeTenants(system));
  describe('isolation', () => describeIsolation(system));
  describe('npm run smoke', () => describeSmoke(system));
});
