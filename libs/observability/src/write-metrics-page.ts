import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { metricsPage } from './metrics-page.js';

/** Writes `docs/metrics.md`; run after a change of the list, and checked by a test. */
writeFileSync(fileURLToPath(new URL('../../../docs/metrics.md', import.meta.url)), metricsPage());
