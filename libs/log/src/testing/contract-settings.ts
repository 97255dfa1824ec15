import type { PartitionCounts } from '@logbook/contracts';

export const CONTRACT_PARTITIONS: PartitionCounts = { control: 1, commands: 2, events: 4, 'dead-letters': 1 };
export const CONTRACT_MESSAGE_BYTES_MAX = 8 * 1024 * 1024;
/** Groups with more than one member need time to notice each other. */
export const CONTRACT_TIMEOUT_MS = 60_000;
