import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import canonicalize from 'canonicalize';
import { fingerprintId, type FingerprintId, type Tenant } from './brands.js';
import { isUuid } from './identifiers.js';

/** What a client reports of its environment, under the names of the wire contract. Null is the same as absent. */
export interface FingerprintFields {
  readonly language?: string | null | undefined;
  readonly language_version?: string | null | undefined;
  readonly system?: string | null | undefined;
  readonly openai_sdk_version?: string | null | undefined;
  readonly anthropic_sdk_version?: string | null | undefined;
  readonly gemini_sdk_version?: string | null | undefined;
  readonly voker_sdk_version?: string | null | undefined;
  /** Package name to version. */
  readonly all_packages?: Readonly<Record<string, string>> | null | undefined;
  readonly git_repository_url?: string | null | undefined;
  readonly git_branch?: string | null | undefined;
  readonly git_commit_hash?: string | null | undefined;
  /** Text as the client's git prints it, e.g. `2026-05-09 07:29:33 +0200`. */
  readonly git_commit_date?: string | null | undefined;
}

/** The known fields; anything else a client sends is no part of the content. */
export const FINGERPRINT_FIELDS = [
  'language',
  'language_version',
  'system',
  'openai_sdk_version',
  'anthropic_sdk_version',
  'gemini_sdk_version',
  'voker_sdk_version',
  'all_packages',
  'git_repository_url',
  'git_branch',
  'git_commit_hash',
  'git_commit_date',
] as const satisfies readonly (keyof FingerprintFields)[];

/** The package is CommonJS whose types claim a default export; what an import gives is the function itself. */
const rfc8785 = canonicalize as unknown as (value: unknown) => string;

/**
 * The content of a fingerprint: the known fields in RFC 8785 form, without those that are absent or null, and without
 * user-info in the repository's URL. Lone surrogates, which RFC 8785 does not allow, are escaped as JSON.stringify does.
 */
export function fingerprintContent(fields: FingerprintFields): string {
  const known = FINGERPRINT_FIELDS.flatMap((name) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined || value === null) return [];
    return [[name, name === 'git_repository_url' ? stripUserInfo(value as string) : value] as const];
  });
  return rfc8785(Object.fromEntries(known));
}

/** Removes what stands between `://` and the last `@` before the first `/`, `?` or `#`: git remotes carry passwords there. */
export function stripUserInfo(url: string): string {
  const scheme = url.indexOf('://');
  if (scheme === -1) return url;
  const start = scheme + '://'.length;
  const rest = url.slice(start);
  const authorityEnd = rest.search(/[/?#]/);
  const authority = authorityEnd === -1 ? rest : rest.slice(0, authorityEnd);
  return url.slice(0, start) + rest.slice(authority.lastIndexOf('@') + 1);
}

const PROOF_BYTES = 6;

/**
 * The id of a fingerprint: the same for the same tenant and content, and a proof that a holder of the log's secret
 * issued it, so that a gateway can accept an event before it can look its fingerprint up.
 *
 * A UUIDv8. Bytes 0 to 9: the first ten of SHA-256 over tenant and content, version and variant set over six of their
 * bits, so 74 are left. Bytes 10 to 15: the first six of HMAC-SHA256, keyed by the secret's text, over tenant and bytes 0 to 9.
 */
export function issueFingerprintId(fingerprint: {
  readonly tenant: Tenant;
  readonly contentJson: string;
  readonly secret: string;
}): FingerprintId {
  const { tenant, contentJson, secret } = fingerprint;
  const content = createHash('sha256').update(framed(tenant)).update(contentJson).digest().subarray(0, 10);
  content[6] = 0x80 | ((content[6] as number) & 0x0f);
  content[8] = 0x80 | ((content[8] as number) & 0x3f);
  const hex = Buffer.concat([content, proofOf(tenant, content, secret)]).toString('hex');
  return fingerprintId(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}

/** Whether `id` was issued for `tenant` by a holder of `secret`. Takes the same time whichever digits differ. */
export function fingerprintProves(claim: {
  readonly tenant: Tenant;
  readonly id: string;
  readonly secret: string;
}): boolean {
  if (!isUuid(claim.id)) return false;
  const bytes = Buffer.from(claim.id.replaceAll('-', ''), 'hex');
  return timingSafeEqual(bytes.subarray(10), proofOf(claim.tenant, bytes.subarray(0, 10), claim.secret));
}

function proofOf(tenant: Tenant, content: Buffer, secret: string): Buffer {
  return createHmac('sha256', secret).update(framed(tenant)).update(content).digest().subarray(0, PROOF_BYTES);
}

/** The length before the text keeps a tenant from running into what follows. */
function framed(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length >>> 8, bytes.length & 0xff), bytes]);
}
