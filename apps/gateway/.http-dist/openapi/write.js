import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildOpenApi, openApiText } from './document.js';
import { createUndrivenApp } from './undriven-app.js';
/** Writes `docs/openapi.json`; run after a change of the API, and checked by a test. */
const app = await createUndrivenApp();
await writeFile(fileURLToPath(new URL('../../../../docs/openapi.json', import.meta.url)), openApiText(buildOpenApi(app)));
await app.close();
