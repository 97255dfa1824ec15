import {
  encodeMessage,
  eventId,
  fingerprintId,
  offset,
  tenant,
  type LogbookMessage,
  type StoredMessage,
} from '@logbook/contracts';
import type { Batch } from '@logbook/core';
import { inTimeOrder } from './in-time-order.js';
import { type MessageFilter, passes } from './message-filter.js';
import { messageLine } from './message-line.js';

const AT = Date.UTC(2026, 0, 31, 12);
const attributes = {
  id: 'c0a8012e-0000-7000-8000-000000000001',
  timeMs: AT,
  source: 'logbook/gateway',
  tenant: tenant('acme'),
};
const event: LogbookMessage = {
  ...attributes,
  type: 'com.logbook.llm.recorded.v1',
  id: eventId(attributes.id),
  fingerprintId: fingerprintId('c0a8012e-0000-8000-8000-000000000002'),
  agentName: 'support',
  agentVersionName: 'v1',
  personId: null,
  session: 's-1',
  summary: { extractor: 1, api: 'openai', model: 'gpt', inputTokens: 12, outputTokens: null },
  body: Buffer.from('{}'),
};
const agent: LogbookMessage = {
  ...attributes,
  type: 'com.logbook.agent.register.v1',
  agentName: 'support',
  description: null,
};

function stored(message: LogbookMessage, place: Partial<StoredMessage> = {}): StoredMessage {
  const { key, headers, value } = encodeMessage(message);
  const topic = message.type === 'com.logbook.llm.recorded.v1' ? 'events' : 'commands';
  return { topic, partition: 3, offset: offset(7), key: Buffer.from(key), headers, value, ...place };
}

describe('a line of `logbook tail`', () => {
  it('says of an event when, where, whose and how much', () => {
    expect(messageLine(stored(event))).toBe(
      '2026-01-31T12:00:00.000Z  events/3/7  llm.recorded.v1  acme  agent support/v1  session s-1  openai gpt  12+? tokens  2 bytes',
    );
  });

  it('says what a command asks for', () => {
    expect(messageLine(stored(agent))).toMatch(/ commands\/3\/7 {2}agent\.register\.v1 {2}acme {2}\{.*"support".*\}$/);
  });

  it('says why a message cannot be read, in one line without control characters', () => {
    const line = messageLine(stored(event, { key: Buffer.from('another') }));
    expect(line).toMatch(/ acme {2}poison: the key is not that of the message$/);
    const broken = messageLine(stored(agent, { headers: { ce_type: 'a\nb\u001b[2J' } }));
    expect(broken).toMatch(/^-\s+commands\/3\/7 {2}a\\nb\\u001b\[2J {2}- {2}poison: /);
  });
});

describe('what `logbook tail` is asked for', () => {
  it.each<[MessageFilter, boolean, boolean]>([
    [{}, true, true],
    [{ type: ['llm.recorded.v1'] }, true, false],
    [{ type: ['com.logbook.agent.register.v1', 'llm.recorded.v1'] }, true, true],
    [{ type: ['llm.recorded'] }, false, false],
    [{ tenant: 'acme' }, true, true],
    [{ tenant: 'other' }, false, false],
    [{ agent: 'support' }, true, true],
    [{ agent: 'other' }, false, false],
    [{ agent: 'support', session: 's-1' }, true, false],
    [{ person: 'ann' }, false, false],
  ])('%j lets an event through: %s, the registration of its agent: %s', (filter, first, second) => {
    expect([passes(stored(event), filter), passes(stored(agent), filter)]).toEqual([first, second]);
  });
});

describe('the messages of several partitions', () => {
  it('come in the order of their times, and each partition in its own', async () => {
    const batchesOf = async function* (
      partition: number,
      batches: readonly (readonly number[])[],
    ): AsyncGenerator<Batch> {
      let at = 0;
      for (const times of batches) {
        const messages = times.map((time) =>
          stored({ ...event, timeMs: AT + time }, { partition, offset: offset(at++) }),
        );
        yield { topic: 'events', partition, from: offset(0), next: offset(at), end: offset(at), messages };
      }
    };
    const merged: string[] = [];
    const scans = [batchesOf(0, [[1, 5], [], [4]]), batchesOf(1, [[2, 3]]), batchesOf(2, [])];
    for await (const { partition, offset: at } of inTimeOrder(scans)) merged.push(`${partition}/${at}`);
    expect(merged).toEqual(['0/0', '1/0', '1/1', '0/1', '0/2']);
  });
});
