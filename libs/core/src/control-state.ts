import type { ApiKeyId, ControlMessage, LogCreated, Offset, StoredMessage, Tenant } from '@logbook/contracts';
import { decodeMessage } from '@logbook/contracts';
import { SkipList } from './skip-list.js';

export interface TenantState {
  readonly tenant: Tenant;
  readonly enabled: boolean;
  readonly createdAtMs: number;
}

export interface ApiKeyState {
  readonly apiKeyId: ApiKeyId;
  readonly tenant: Tenant;
  readonly name: string;
  readonly sha256: string;
  readonly issuedAtMs: number;
  readonly revokedAtMs: number | null;
}

export type Authentication =
  | { readonly state: 'VALID'; readonly tenant: Tenant; readonly apiKeyId: ApiKeyId }
  | { readonly state: 'UNKNOWN' }
  | { readonly state: 'TENANT_DISABLED' };

/**
 * What `control` says: which log this is, which tenants there are, which keys open it, what every replay leaves out.
 * The fold of the whole topic in order; nothing else decides who may come in, or what is skipped.
 */
export class ControlState {
  /** One list for as long as this state lives: whoever holds it sees what is skipped later. */
  readonly skips = new SkipList();
  private created: LogCreated | undefined;
  private readonly tenantsByName = new Map<string, TenantState>();
  private readonly keysBySha256 = new Map<string, ApiKeyState>();
  private readonly sha256ById = new Map<string, string>();
  private next = 0;

  /** The offset after the last message applied. */
  get nextOffset(): Offset {
    return this.next as Offset;
  }

  /** The log's first message; `undefined` until it was applied, or where offset 0 holds something else. */
  get log(): LogCreated | undefined {
    return this.created;
  }

  /** Tenants in the order of their creation. */
  tenants(): TenantState[] {
    return [...this.tenantsByName.values()];
  }

  tenant(name: string): TenantState | undefined {
    return this.tenantsByName.get(name);
  }

  /** Keys in the order they were issued, revoked ones included. */
  apiKeys(): ApiKeyState[] {
    return [...this.keysBySha256.values()];
  }

  apiKey(id: string): ApiKeyState | undefined {
    const sha256 = this.sha256ById.get(id);
    return sha256 === undefined ? undefined : this.keysBySha256.get(sha256);
  }

  /** Who holds the key whose SHA-256 (64 hexadecimal digits) this is. The look-up is by hash, so its time says nothing about a key. */
  authenticate(sha256: string): Authentication {
    const key = this.keysBySha256.get(sha256);
    if (key === undefined || key.revokedAtMs !== null) return { state: 'UNKNOWN' };
    if (this.tenantsByName.get(key.tenant)?.enabled !== true) return { state: 'TENANT_DISABLED' };
    return { state: 'VALID', tenant: key.tenant, apiKeyId: key.apiKeyId };
  }

  /** Applies the next message of `control`. One that cannot be decoded changes nothing. */
  apply(stored: StoredMessage): void {
    const decoded = decodeMessage(stored);
    if (decoded.outcome === 'DECODED') this.applyMessage(decoded.message as ControlMessage, stored.offset);
    this.next = stored.offset + 1;
  }

  private applyMessage(message: ControlMessage, offset: Offset): void {
    switch (message.type) {
      case 'com.logbook.log.created.v1':
        if (offset === 0) this.created = message;
        return;
      case 'com.logbook.tenant.created.v1':
        if (!this.tenantsByName.has(message.tenant)) {
          this.tenantsByName.set(message.tenant, {
            tenant: message.tenant,
            enabled: true,
            createdAtMs: message.timeMs,
          });
        }
        return;
      case 'com.logbook.tenant.disabled.v1':
        return this.setEnabled(message.tenant, false);
      case 'com.logbook.tenant.enabled.v1':
        return this.setEnabled(message.tenant, true);
      case 'com.logbook.api-key.issued.v1':
        // Issued twice is issued once: a bootstrap key that was revoked stays revoked.
        if (!this.keysBySha256.has(message.sha256)) {
          const { apiKeyId, tenant, name, sha256, timeMs } = message;
          this.keysBySha256.set(sha256, { apiKeyId, tenant, name, sha256, issuedAtMs: timeMs, revokedAtMs: null });
          this.sha256ById.set(apiKeyId, sha256);
        }
        return;
      case 'com.logbook.api-key.revoked.v1': {
        const key = this.apiKey(message.apiKeyId);
        if (key !== undefined && key.revokedAtMs === null && key.tenant === message.tenant) {
          this.keysBySha256.set(key.sha256, { ...key, revokedAtMs: message.timeMs });
        }
        return;
      }
      case 'com.logbook.message.skipped.v1':
        return this.skips.add(message);
    }
  }

  private setEnabled(tenant: Tenant, enabled: boolean): void {
    const known = this.tenantsByName.get(tenant);
    if (known !== undefined) this.tenantsByName.set(tenant, { ...known, enabled });
  }
}
