import {
  encodeMessage,
  fingerprintId,
  issueFingerprintId,
  partitionOfKey,
  tenant,
  type FingerprintId,
  type Offset,
  type Tenant,
} from '@logbook/contracts';
import { MemoryEnvironment } from '@logbook/log/in-memory';
import { PARTITIONS, PLACES } from './log-view.contract.js';
import { placeName } from './model-store.contract.js';

const CONTENT = '{"language":"python"}';

/** Issued by the log that this one is a copy of: its proof fails here, and the log holds it all the same. */
export const copiedFingerprint = (of: Tenant): FingerprintId =>
  issueFingerprintId({ tenant: of, contentJson: CONTENT, secret: 'the secret of another log' });

/** Issued by nobody. */
export const STRANGE_FINGERPRINT = fingerprintId('0198c0de-0000-8000-8000-000000000001');

/** A log that holds something before anybody starts, and its ends. */
export async function preloadedLog(nowMs: number) {
  const environment = new MemoryEnvironment();
  await environment.prepare(new Map(PLACES.map(({ topic }) => [topic, PARTITIONS[topic]])));
  for (const owner of ['acme', 'beta'].map(tenant)) {
    const message = encodeMessage({
      type: 'com.logbook.fingerprint.register.v1',
      id: `copied for ${owner}`,
      timeMs: nowMs,
      source: 'logbook/gateway',
      tenant: owner,
      fingerprintId: copiedFingerprint(owner),
      contentJson: CONTENT,
    });
    await environment.append('commands', [{ message, partition: partitionOfKey(message.key, PARTITIONS.commands) }]);
  }
  const ends = new Map<string, Offset>(PLACES.map((place) => [placeName(place), environment.end(place)]));
  return { environment, ends };
}
