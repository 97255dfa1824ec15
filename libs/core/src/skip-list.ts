import { messageSha256, type MessageSkipped, type RawMessage, type Topic } from '@logbook/contracts';

/** A message that every replay leaves out. */
export interface SkippedMessage {
  readonly topic: Topic;
  readonly key: string;
  /** `messageSha256` of the message, 64 hexadecimal digits. */
  readonly sha256: string;
  readonly reason: string;
  readonly skippedAtMs: number;
}

/**
 * What `control` says is skipped. A message is found by topic, key and hash, never by its position: in a copy of the
 * log it has another.
 */
export class SkipList {
  private readonly byKey = new Map<string, Map<string, SkippedMessage>>();
  private readonly inOrder: SkippedMessage[] = [];

  /** How many messages are skipped. */
  get size(): number {
    return this.inOrder.length;
  }

  /** In the order they were skipped. */
  all(): readonly SkippedMessage[] {
    return this.inOrder;
  }

  /** Why the message is skipped; `undefined` if it is not. Only a message whose key some skip names is hashed. */
  reasonOf(topic: Topic, message: RawMessage): string | undefined {
    if (this.inOrder.length === 0) return undefined;
    const bySha256 = this.byKey.get(placeOf(topic, skipKeyOf(message)));
    return bySha256?.get(messageSha256(message).toString('hex'))?.reason;
  }

  /** How many were skipped at this time or later, by the clocks of those who skipped them. */
  countSince(timeMs: number): number {
    return this.inOrder.filter(({ skippedAtMs }) => skippedAtMs >= timeMs).length;
  }

  /** Skipped twice is skipped once, for the reason given first. */
  add({ topic, key, sha256, reason, timeMs }: MessageSkipped): void {
    const place = placeOf(topic, key);
    let bySha256 = this.byKey.get(place);
    if (bySha256 === undefined) this.byKey.set(place, (bySha256 = new Map<string, SkippedMessage>()));
    if (bySha256.has(sha256)) return;
    const skipped = { topic, key, sha256, reason, skippedAtMs: timeMs };
    bySha256.set(sha256, skipped);
    this.inOrder.push(skipped);
  }
}

/** The key a skip names; the hash tells a message without a key from one whose key is empty. */
export const skipKeyOf = ({ key }: RawMessage): string => key?.toString('utf8') ?? '';

const placeOf = (topic: Topic, key: string): string => `${topic}/${key}`;
