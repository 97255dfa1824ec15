import { offset, type StoredMessage } from '@logbook/contracts';
import { readInPieces } from './read-in-pieces.js';
import type { Environment } from './environment.js';

const EVENTS = { topic: 'events', partition: 0 } as const;

/** A partition of so many messages, and how many each reading asked for. */
function partitionOf(count: number, valueBytes = 1) {
  const value = Buffer.alloc(valueBytes);
  const asked: number[] = [];
  const readFrom: Environment['readFrom'] = (place, from, messagesMax) => {
    asked.push(messagesMax);
    const held = Math.max(0, Math.min(messagesMax, count - from));
    const messages = Array.from({ length: held }, (_, index): StoredMessage => {
      return { ...place, offset: offset(from + index), key: null, headers: {}, value };
    });
    return { messages, end: offset(count) };
  };
  return { environment: { readFrom } as Environment, asked };
}

describe('readInPieces', () => {
  it('joins pieces without a gap, up to the end', async () => {
    const { environment } = partitionOf(620);
    const { messages, end } = await readInPieces(environment, EVENTS, { from: offset(7), messagesMax: 1_000 });
    expect(messages.map((message) => message.offset)).toEqual(Array.from({ length: 613 }, (_, index) => 7 + index));
    expect(end).toBe(620);
  });

  it('reads no more than it was asked for, and never much at once', async () => {
    const { environment, asked } = partitionOf(5_000);
    const { messages } = await readInPieces(environment, EVENTS, { from: offset(0), messagesMax: 250 });
    expect(messages).toHaveLength(250);
    expect(asked).toEqual([100, 100, 50]);
  });

  it('lets others have their turn between two pieces', async () => {
    const { environment, asked } = partitionOf(1_000);
    const reading = readInPieces(environment, EVENTS, { from: offset(0), messagesMax: 1_000 });
    const piecesAtTurn = await new Promise((resolve) => setImmediate(() => resolve(asked.length)));
    expect(piecesAtTurn).toBeLessThan(10);
    await reading;
  });

  it('stops once it holds enough bytes', async () => {
    const { environment } = partitionOf(1_000, 64 * 1024);
    const { messages } = await readInPieces(environment, EVENTS, { from: offset(0), messagesMax: 1_000 });
    expect(messages).toHaveLength(200);
  });

  it('finds nothing at the end', async () => {
    const { environment } = partitionOf(3);
    await expect(readInPieces(environment, EVENTS, { from: offset(3), messagesMax: 10 })).resolves.toEqual({
      messages: [],
      end: 3,
    });
  });
});
