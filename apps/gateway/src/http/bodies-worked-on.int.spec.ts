import { eventually } from '@logbook/testing';
import { anEventOfBytes } from './testing/builders.js';
import { problemOf, send, Wire } from './testing/exchange.js';
import { VALID_KEY } from './testing/in-memory-use-cases.js';
import { RunningGateway } from './testing/running-gateway.js';

const BYTES = 1_000;
const WORKED_ON_MAX = 2 * BYTES;
const HELD_MAX = 3 * BYTES;

describe('bodies that are worked on', () => {
  const body = anEventOfBytes(BYTES);
  let gateway: RunningGateway;
  let answer: () => void;
  let statuses: number[];
  beforeEach(async () => {
    statuses = [];
    gateway = await RunningGateway.start({
      bodiesWorkedOnBytesMax: WORKED_ON_MAX,
      bodiesHeldBytesMax: HELD_MAX,
      onAnswered: ({ status }) => statuses.push(status),
    });
    gateway.useCases.events.answers = new Promise((resolve) => (answer = resolve));
  });
  afterEach(async () => {
    answer();
    await gateway.close();
  });

  /** Sends an event whose body is held from here on. */
  async function sendHeld(): Promise<Wire> {
    const wire = await Wire.open(gateway);
    wire.write(`POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${VALID_KEY}\r\n`);
    wire.write(`Connection: close\r\nContent-Length: ${BYTES}\r\nExpect: 100-continue\r\n\r\n`);
    await wire.until('HTTP/1.1 100 Continue');
    wire.write(body);
    return wire;
  }
  const sendOneMore = () => send(gateway, 'POST', '/api/v1/events', { body });
  const untilWorkedOn = (count: number): Promise<unknown> =>
    eventually(() => gateway.useCases.events.recorded.length === count, { what: `${count} events to be worked on` });
  /** Closes, and waits until the gateway has seen it. */
  async function leave(...wires: readonly Wire[]): Promise<void> {
    wires.forEach((wire) => wire.close());
    const left = (): number => statuses.filter((status) => status === 499).length;
    await eventually(() => left() === wires.length, { what: 'the gateway to see that clients have left' });
  }

  it('are as many as fit: the next one waits for an answer, and what has no room to wait is refused', async () => {
    const sent = [await sendHeld(), await sendHeld(), await sendHeld()];
    await untilWorkedOn(2);
    expect(problemOf(await sendOneMore())).toBe('503 unavailable');
    expect(gateway.useCases.events.recorded).toHaveLength(2);
    answer();
    for (const wire of sent) expect(await wire.untilClosed()).toContain('HTTP/1.1 200 OK');
  });

  it('take their room until they are done, also when their clients have left', async () => {
    const sent = [await sendHeld(), await sendHeld()];
    await untilWorkedOn(2);
    await leave(...sent);
    const waiting = await sendHeld();
    expect(problemOf(await sendOneMore())).toBe('503 unavailable');
    expect(gateway.useCases.events.recorded).toHaveLength(2);
    answer();
    expect(await waiting.untilClosed()).toContain('HTTP/1.1 200 OK');
    for (let sentSince = 0; sentSince < 4; sentSince += 1) expect((await sendOneMore()).status).toBe(200);
  });

  it('are never those whose clients leave while they wait', async () => {
    const sent = [await sendHeld(), await sendHeld()];
    await untilWorkedOn(2);
    await leave(await sendHeld());
    sent.push(await sendHeld());
    answer();
    for (const wire of sent) expect(await wire.untilClosed()).toContain('HTTP/1.1 200 OK');
    expect(gateway.useCases.events.recorded).toHaveLength(3);
  });
});
