import {
  LOG_TOPICS,
  messageSha256,
  offset,
  type PartitionCounts,
  type StoredMessage,
  type Topic,
} from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { openLog, type LogLocation } from '@logbook/log';

const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;

/** Per topic and key, the hashes of its messages in order: what a copy keeps. The genesis is left out. */
export type LogContents = ReadonlyMap<string, readonly string[]>;

export async function logContents(location: LogLocation, partitions: PartitionCounts): Promise<LogContents> {
  const log = await openLog({ ...location, messageBytesMax: MESSAGE_BYTES_MAX, clientId: 'logbook/e2e' });
  try {
    await log.prepare({ topics: LOG_TOPICS, partitions });
    const contents = new Map<string, string[]>();
    for await (const message of everyMessage(log)) {
      if (message.topic === 'control' && message.offset === 0) continue;
      const name = `${message.topic} ${message.key?.toString('hex') ?? 'none'}`;
      const hashes = contents.get(name) ?? [];
      hashes.push(messageSha256(message).toString('hex'));
      contents.set(name, hashes);
    }
    return contents;
  } finally {
    await log.close();
  }
}

/** Every message of these topics, partition by partition. */
export async function* everyMessage(log: Log, topics: readonly Topic[] = LOG_TOPICS): AsyncGenerator<StoredMessage> {
  for (const topic of topics) {
    for (const [partition, to] of (await log.ends(topic)).entries()) {
      for await (const batch of log.scan({ topic, partition, from: offset(0), to })) yield* batch.messages;
    }
  }
}
