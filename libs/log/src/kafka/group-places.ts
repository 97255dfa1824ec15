import { offset, topicName, type TopicPartition } from '@logbook/contracts';
import type { StartPosition } from '@logbook/core';
import { requireGroup } from '../delivery/require-group.js';
import type { KafkaAdmin } from './kafka-admin.js';

/** Reads the offsets that a group has committed. */
export class GroupPlaces {
  constructor(
    private readonly admin: KafkaAdmin,
    private readonly options: { readonly prefix: string; readonly group: string | undefined },
  ) {}

  async committed({ topic, partition }: TopicPartition): Promise<StartPosition | undefined> {
    const { prefix, group } = this.options;
    const groupId = `${prefix}-${requireGroup(group)}`;
    const found = await this.admin.committed(groupId, topicName(prefix, topic), partition);
    return found === undefined ? undefined : decodePlace(found);
  }
}

/** The last message consumed goes into the commit's metadata, so that a topic made anew is noticed. */
export function encodePlace({ next, last }: StartPosition): {
  readonly offset: string;
  readonly metadata: string | null;
} {
  return {
    offset: String(next),
    metadata: last === undefined ? null : `${last.offset}:${last.sha256.toString('hex')}`,
  };
}

/** What another tool has committed (`kafka-consumer-groups.sh --reset-offsets`) names no last message. */
export function decodePlace(found: { readonly offset: string; readonly metadata: string | null }): StartPosition {
  const next = offset(Number(found.offset));
  const [, at, sha256] = /^(\d{1,16}):([0-9a-f]{64})$/.exec(found.metadata ?? '') ?? [];
  if (at === undefined || sha256 === undefined) return { next };
  return { next, last: { offset: offset(Number(at)), sha256: Buffer.from(sha256, 'hex') } };
}
