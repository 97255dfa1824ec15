import { createHash, randomBytes } from 'node:crypto';
import {
  type ApiKeyId,
  apiKeyId,
  messageSha256,
  newMessageId,
  type StoredMessage,
  tenant,
  tenantProblem,
} from '@logbook/contracts';
import { skipKeyOf } from '@logbook/core';
import type { ControlFollower } from './control-follower.js';

/** SHA-256 of an API key, 64 hexadecimal digits: all that is ever stored of it. */
export const apiKeySha256 = (key: string): string => createHash('sha256').update(key).digest('hex');
export const apiKeyIdOf = (sha256: string): ApiKeyId => apiKeyId(sha256.slice(0, 16));

/** Outcomes are named; the sentence for a person is the caller's. */
export type IssueOutcome =
  | { readonly outcome: 'ISSUED'; readonly apiKeyId: ApiKeyId; readonly key: string }
  | { readonly outcome: 'KNOWN'; readonly apiKeyId: ApiKeyId }
  | { readonly outcome: 'TENANT_UNKNOWN' };
export type RevokeOutcome = 'REVOKED' | 'ALREADY_REVOKED' | 'KEY_UNKNOWN';
export type SkipOutcome = 'SKIPPED' | 'ALREADY_SKIPPED';
export type TenantOutcome = 'DONE' | 'NO_CHANGE' | 'TENANT_UNKNOWN' | 'NAME_INVALID';

/** What an operator or the projector may append to `control`. Each answers once this process has applied it. */
export class ControlCommands {
  constructor(
    private readonly control: ControlFollower,
    private readonly source: string,
    private readonly now: () => number = Date.now,
  ) {}

  private attributes() {
    return { id: newMessageId(), timeMs: this.now(), source: this.source };
  }

  /** Issues a new random key, or, with `key`, that one if the log has never had it (revoked counts as had). */
  async issueKey(options: { tenant: string; name: string; key?: string }): Promise<IssueOutcome> {
    if (this.control.state.tenant(options.tenant) === undefined) return { outcome: 'TENANT_UNKNOWN' };
    const key = options.key ?? `lbk_${randomBytes(32).toString('base64url')}`;
    const sha256 = apiKeySha256(key);
    const id = apiKeyIdOf(sha256);
    if (this.control.state.apiKey(id) !== undefined) return { outcome: 'KNOWN', apiKeyId: id };
    await this.control.append([
      {
        ...this.attributes(),
        type: 'com.logbook.api-key.issued.v1',
        tenant: tenant(options.tenant),
        apiKeyId: id,
        sha256,
        name: options.name,
      },
    ]);
    return { outcome: 'ISSUED', apiKeyId: id, key };
  }

  async revokeKey(id: string): Promise<RevokeOutcome> {
    const key = this.control.state.apiKey(id);
    if (key === undefined) return 'KEY_UNKNOWN';
    if (key.revokedAtMs !== null) return 'ALREADY_REVOKED';
    await this.control.append([
      { ...this.attributes(), type: 'com.logbook.api-key.revoked.v1', tenant: key.tenant, apiKeyId: key.apiKeyId },
    ]);
    return 'REVOKED';
  }

  async createTenant(name: string): Promise<TenantOutcome> {
    if (tenantProblem(name) !== undefined) return 'NAME_INVALID';
    if (this.control.state.tenant(name) !== undefined) return 'NO_CHANGE';
    await this.control.append([{ ...this.attributes(), type: 'com.logbook.tenant.created.v1', tenant: tenant(name) }]);
    return 'DONE';
  }

  async setTenantEnabled(name: string, options: { enabled: boolean }): Promise<TenantOutcome> {
    const known = this.control.state.tenant(name);
    if (known === undefined) return 'TENANT_UNKNOWN';
    if (known.enabled === options.enabled) return 'NO_CHANGE';
    const type = options.enabled ? 'com.logbook.tenant.enabled.v1' : 'com.logbook.tenant.disabled.v1';
    await this.control.append([{ ...this.attributes(), type, tenant: known.tenant }]);
    return 'DONE';
  }

  /**
   * Has every replay leave a message out, wherever it lies. Only a message that no generation has applied may be skipped:
   * a replay would otherwise differ from it.
   */
  async skip(message: StoredMessage, reason: string): Promise<SkipOutcome> {
    if (this.control.state.skips.reasonOf(message.topic, message) !== undefined) return 'ALREADY_SKIPPED';
    await this.control.append([
      {
        ...this.attributes(),
        type: 'com.logbook.message.skipped.v1',
        topic: message.topic,
        key: skipKeyOf(message),
        sha256: messageSha256(message).toString('hex'),
        reason,
      },
    ]);
    return 'SKIPPED';
  }
}
