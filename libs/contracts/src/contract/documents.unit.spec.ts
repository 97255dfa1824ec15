import { readdirSync, readFileSync } from 'node:fs';
import { schemas } from '@asyncapi/specs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { contractDocuments } from './documents.js';
import { releasesIn } from './released.js';
import { DOCS, faultOf, parsedFile, RELEASED } from './validator.fixture.js';

const { version } = parsedFile(`${RELEASED}../package.json`) as { version: string };
const documents = contractDocuments(releasesIn(RELEASED), version);
const document = parsedFile(`${DOCS}asyncapi.json`) as Readonly<Record<string, unknown>>;

describe('docs/asyncapi.json and docs/schemas', () => {
  it('are what the code says now; `npm run docs:asyncapi` writes them', () => {
    const files = ['asyncapi.json', ...readdirSync(`${DOCS}schemas`).map((file) => `schemas/${file}`)];
    const found = files.map((file) => [file, readFileSync(`${DOCS}${file}`, 'utf8')]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(documents));
  });

  // Their schema brings the meta-schema of JSON Schema along.
  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false });
  addFormats.default(ajv);
  const asyncApi = ajv.compile(schemas['3.0.0']);

  it('are a document of AsyncAPI 3, by the schema of those who made it', () => {
    expect(faultOf(asyncApi, document)).toBeUndefined();
    expect(faultOf(asyncApi, { ...document, channels: { events: { address: 1 } } })).toBeDefined();
    expect(faultOf(asyncApi, { ...document, asyncapi: '2.6.0' })).toBeDefined();
  });

  it('refer to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to!);
    expect(references.length).toBeGreaterThan(40);
    for (const to of references) expect([to, isThere(to)]).toEqual([to, true]);
    expect(isThere('#/channels/none')).toBe(false);
  });
});

function isThere(reference: string): boolean {
  if (!reference.startsWith('#/')) return documents.has(reference.replace('./', ''));
  const steps = reference.slice(2).split('/');
  return (
    steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document) !== undefined
  );
}
