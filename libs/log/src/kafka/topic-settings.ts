import { LogMismatchError } from '@logbook/core';
import { BATCH_HEADROOM_BYTES } from '../message-limits.js';

/** What a topic is on the broker. */
export interface FoundTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly settings: ReadonlyMap<string, string>;
}

export interface WantedTopic {
  readonly name: string;
  readonly partitions: number;
  /** Default false: every message is kept. */
  readonly compacted?: boolean | undefined;
  readonly messageBytesMax: number;
  /** Default: 2 where there are three replicas or more, else 1. */
  readonly minInsyncReplicas?: number | undefined;
}

interface WantedSetting {
  readonly name: string;
  readonly value: string;
  /** An operator may have raised it: that keeps every promise. */
  readonly orMore?: boolean;
}

/** With one replica fewer than three in sync, an acknowledged message still lies on two brokers. */
const minInsyncReplicasOf = (replicationFactor: number): number => (replicationFactor >= 3 ? 2 : 1);

/** The settings a topic must have: kept for ever, never traded for availability, stored as producers compressed it. */
export function wantedSettings(wanted: WantedTopic, replicationFactor: number): WantedSetting[] {
  return [
    { name: 'cleanup.policy', value: wanted.compacted === true ? 'compact' : 'delete' },
    { name: 'retention.ms', value: '-1' },
    { name: 'retention.bytes', value: '-1' },
    { name: 'compression.type', value: 'producer' },
    { name: 'unclean.leader.election.enable', value: 'false' },
    { name: 'max.message.bytes', value: String(wanted.messageBytesMax + BATCH_HEADROOM_BYTES), orMore: true },
    {
      name: 'min.insync.replicas',
      value: String(wanted.minInsyncReplicas ?? minInsyncReplicasOf(replicationFactor)),
      orMore: true,
    },
  ];
}

/** @throws LogMismatchError naming every setting that differs and the command that mends it. */
export function requireSettings(found: FoundTopic, wanted: WantedTopic): void {
  if (found.partitions !== wanted.partitions) {
    throw new LogMismatchError(
      `topic ${found.name} has ${found.partitions} partitions, not ${wanted.partitions}; a partition count never changes ` +
        'in place, or a key would change its partition: copy the log to topics of another prefix (`logbook log copy`)',
    );
  }
  const differing = wantedSettings(wanted, found.replicationFactor).filter((setting) => !satisfies(found, setting));
  if (differing.length === 0) return;
  const differences = differing.map(({ name, value, orMore }) => {
    const least = orMore === true ? 'at least ' : '';
    return `${name} is ${found.settings.get(name) ?? 'unknown'}, wanted ${least}${value}`;
  });
  const mended = differing.map(({ name, value }) => `${name}=${value}`).join(',');
  throw new LogMismatchError(
    `topic ${found.name} is configured otherwise: ${differences.join('; ')}. Mend it with: ` +
      `kafka-configs.sh --bootstrap-server <broker> --alter --entity-type topics --entity-name ${found.name} --add-config ${mended}`,
  );
}

function satisfies(found: FoundTopic, { name, value, orMore }: WantedSetting): boolean {
  const actual = found.settings.get(name);
  if (actual === value) return true;
  return orMore === true && actual !== undefined && Number(actual) >= Number(value);
}
