import {
  apiKeyId,
  type ControlMessage,
  DEFAULT_PARTITION_COUNTS,
  encodeMessage,
  logId,
  messageSha256,
  offset,
  type StoredMessage,
  tenant,
} from '@logbook/contracts';
import { ControlState } from './control-state.js';

const acme = tenant('acme');
const sha256 = 'ab'.repeat(32);
const id = apiKeyId(sha256.slice(0, 16));
const at = (timeMs: number) => ({ id: `m${timeMs}`, timeMs, source: 'test' });

const created: ControlMessage = {
  ...at(1),
  type: 'com.logbook.log.created.v1',
  logId: logId('0198c0de-0000-7000-8000-000000000001'),
  secret: 's',
  formatVersion: 1,
  partitions: DEFAULT_PARTITION_COUNTS,
  origin: null,
};
const tenantCreated: ControlMessage = { ...at(2), type: 'com.logbook.tenant.created.v1', tenant: acme };
const issued: ControlMessage = {
  ...at(3),
  type: 'com.logbook.api-key.issued.v1',
  tenant: acme,
  apiKeyId: id,
  sha256,
  name: 'ci',
};
const revoked: ControlMessage = { ...at(4), type: 'com.logbook.api-key.revoked.v1', tenant: acme, apiKeyId: id };

function folded(...messages: ControlMessage[]): ControlState {
  const state = new ControlState();
  messages.forEach((message, index) => state.apply(stored(message, index)));
  return state;
}

function stored(message: ControlMessage, index: number): StoredMessage {
  const encoded = encodeMessage(message);
  return {
    topic: 'control',
    partition: 0,
    offset: offset(index),
    key: Buffer.from(encoded.key),
    headers: encoded.headers,
    value: encoded.value,
  };
}

describe('ControlState', () => {
  it('opens for a key that was issued, and names its tenant', () => {
    expect(folded(created, tenantCreated, issued).authenticate(sha256)).toEqual({
      state: 'VALID',
      tenant: acme,
      apiKeyId: id,
    });
  });

  it('does not know a key that was never issued', () => {
    expect(folded(created, tenantCreated).authenticate(sha256)).toEqual({ state: 'UNKNOWN' });
  });

  it('keeps a revoked key revoked, also when it is issued again', () => {
    const state = folded(created, tenantCreated, issued, revoked, issued);
    expect(state.authenticate(sha256)).toEqual({ state: 'UNKNOWN' });
    expect(state.apiKey(id)?.revokedAtMs).toBe(4);
  });

  it('lets no tenant revoke the key of another', () => {
    const state = folded(created, tenantCreated, issued, { ...revoked, tenant: tenant('other') });
    expect(state.authenticate(sha256).state).toBe('VALID');
  });

  it('closes for a disabled tenant and opens again once it is enabled', () => {
    const disabled: ControlMessage = { ...at(5), type: 'com.logbook.tenant.disabled.v1', tenant: acme };
    const enabled: ControlMessage = { ...at(6), type: 'com.logbook.tenant.enabled.v1', tenant: acme };
    expect(folded(created, tenantCreated, issued, disabled).authenticate(sha256).state).toBe('TENANT_DISABLED');
    expect(folded(created, tenantCreated, issued, disabled, enabled).authenticate(sha256).state).toBe('VALID');
  });

  it('takes the identity of the log from offset 0 alone', () => {
    const other = { ...created, logId: logId('0198c0de-0000-7000-8000-000000000002') } as ControlMessage;
    expect(folded(created, other).log?.logId).toBe('0198c0de-0000-7000-8000-000000000001');
    expect(folded(tenantCreated, created).log).toBeUndefined();
  });

  it('skips what control names, and shows it to whoever held the list before', () => {
    const state = folded(created);
    const { skips } = state;
    const message = stored(tenantCreated, 1);
    const { key, headers, value } = encodeMessage({
      ...at(7),
      type: 'com.logbook.message.skipped.v1',
      topic: 'control',
      key: message.key?.toString() ?? '',
      sha256: messageSha256(message).toString('hex'),
      reason: 'refused',
    });
    state.apply({ ...message, key: Buffer.from(key), headers, value });
    expect(skips.reasonOf('control', stored(tenantCreated, 9))).toBe('refused');
  });

  it('passes over a message it cannot decode', () => {
    const state = folded(created, tenantCreated);
    state.apply({ ...stored(issued, 2), headers: {} });
    state.apply(stored(issued, 3));
    expect(state.authenticate(sha256).state).toBe('VALID');
    expect(state.nextOffset).toBe(4);
  });
});
