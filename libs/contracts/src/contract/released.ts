import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contract } from './contract.js';

/** What one released version promised. Never edited: its readers are out there. */
export interface Release {
  /** `0.1.0` */
  readonly version: string;
  readonly contract: Contract;
  /** Of each golden message of that version its name and its hash. */
  readonly goldens: Readonly<Record<string, string>>;
}

/** Every release that `folder` holds, from the oldest to the newest. */
export function releasesIn(folder: string): Release[] {
  const versions = readdirSync(folder).sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  return versions.map((version) => ({
    version,
    contract: parsed(join(folder, version, 'contract.json')) as Contract,
    goldens: parsed(join(folder, version, 'goldens.json')) as Release['goldens'],
  }));
}

const parsed = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
