import { type FingerprintId, type Tenant, tenant } from '@logbook/contracts';
import type { Choices } from '@logbook/testing';
import type { EventToRecord, FingerprintFields } from '../http/use-cases.js';
import { copiedFingerprint, STRANGE_FINGERPRINT } from './preloaded.contract.js';

/** Names are few, so that they meet. */
export const TENANTS = ['acme', 'beta'].map(tenant);
export const AGENTS = [null, 'a', 'b', 'c'];
export const VERSIONS = [null, 'v', 'w'];
export const PEOPLE = [null, 'p', 'q'];
const SESSIONS = ['s', 't'];

export interface RandomEventOptions {
  readonly choices: Choices;
  readonly of: Tenant;
  /** Those that were answered. */
  readonly fingerprints: readonly FingerprintId[];
  /** What tells it from every other. */
  readonly n: string;
}

export function randomEvent({ choices, of, fingerprints, n }: RandomEventOptions): EventToRecord {
  const properties = { api: 'openai-responses', n };
  // One without a session has a key: a random id would choose its partition, which no seed decides.
  const session = choices.chance(0.8) ? choices.of(SESSIONS) : null;
  const text = JSON.stringify({ event_name: 'llm', properties });
  return {
    tenant: of,
    text,
    bytes: Buffer.from(text),
    properties,
    fingerprintId: choices.chance(0.05) ? STRANGE_FINGERPRINT : choices.of([...fingerprints, copiedFingerprint(of)]),
    agentName: choices.of(AGENTS),
    agentVersionName: choices.of(VERSIONS),
    personId: choices.of(PEOPLE),
    session,
    idempotencyKey: session === null || choices.chance(0.5) ? `k${choices.below(20)}` : null,
  };
}

export const fingerprintFields = (version: string): FingerprintFields => ({
  language: 'node',
  language_version: version,
  system: 'linux',
  openai_sdk_version: null,
  anthropic_sdk_version: null,
  gemini_sdk_version: null,
  voker_sdk_version: null,
  all_packages: null,
  git_repository_url: null,
  git_branch: null,
  git_commit_hash: null,
  git_commit_date: null,
});
