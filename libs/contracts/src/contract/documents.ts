import { UPCASTERS } from '../upcast.js';
import { asyncApiDocument, schemaFiles } from './asyncapi.js';
import { wholeContract } from './contract.js';
import type { Release } from './released.js';

/** The files that describe the topics, by their path in `docs/`. */
export function contractDocuments(releases: readonly Release[], version: string): ReadonlyMap<string, string> {
  const contract = wholeContract(
    releases.map((release) => release.contract),
    UPCASTERS.keys(),
  );
  const documents = new Map([['asyncapi.json', jsonText(asyncApiDocument(contract, version))]]);
  for (const [name, schema] of schemaFiles(contract)) documents.set(`schemas/${name}`, jsonText(schema));
  return documents;
}

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
