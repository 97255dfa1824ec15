import { messageSha256, offset, LOG_TOPICS, type RawMessage, type StoredMessage, type Topic } from '@logbook/contracts';
import type { Log } from '@logbook/core';

/** Every message of a prepared topic, partition by partition. */
export async function messagesOf(log: Log, topic: Topic): Promise<StoredMessage[]> {
  const messages: StoredMessage[] = [];
  for (const [partition, to] of (await log.ends(topic)).entries()) {
    for await (const batch of log.scan({ topic, partition, from: offset(0), to })) messages.push(...batch.messages);
  }
  return messages;
}

/** Per topic and key, the hashes of its messages in order: what a copy keeps. The genesis is left out. */
export async function contentsOf(log: Log): Promise<Map<string, string[]>> {
  const contents = new Map<string, string[]>();
  for (const topic of LOG_TOPICS) {
    for (const message of await messagesOf(log, topic)) {
      if (topic === 'control' && message.offset === 0) continue;
      const name = `${topic} ${keyName(message)}`;
      contents.set(name, [...(contents.get(name) ?? []), messageSha256(message).toString('hex')]);
    }
  }
  return contents;
}

/** Without a key there is no order to keep but that of one partition; here each such message stands for itself. */
const keyName = (message: RawMessage): string =>
  message.key === null ? `none ${messageSha256(message).toString('hex')}` : message.key.toString('hex');
