import { describeSmokeAlone } from './api/smoke.contract.js';

// Against running services it is a subject of `api-contract.e2e.spec.ts`, which has them.
describe('npm run smoke, without a Logbook', () => describeSmokeAlone());
