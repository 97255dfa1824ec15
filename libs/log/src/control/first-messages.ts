import { randomBytes, randomUUID } from 'node:crypto';
import { type ControlMessage, logId, newMessageId, type PartitionCounts, tenant } from '@logbook/contracts';

/** What a new log begins with: its identity, and the tenant everybody starts as. */
export function firstMessages(options: { source: string; partitions: PartitionCounts }): ControlMessage[] {
  const attributes = () => ({ id: newMessageId(), timeMs: Date.now(), source: options.source });
  return [
    {
      ...attributes(),
      type: 'com.logbook.log.created.v1',
      logId: logId(randomUUID()),
      secret: randomBytes(32).toString('base64url'),
      formatVersion: 1,
      partitions: options.partitions,
      origin: null,
    },
    { ...attributes(), type: 'com.logbook.tenant.created.v1', tenant: tenant('default') },
  ];
}
