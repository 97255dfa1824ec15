import { concurrently, indexes } from './concurrently.js';
import { Api, type Answer } from './harness/api.js';
import { startEmbedded } from './harness/embedded-system.js';
import { startScale } from './harness/scale-system.js';
import type { System } from './harness/system.js';
import { stopStarted } from './stop-started.js';

const IN_FLIGHT = 8;

/** A write on one gateway; `other` prepares what it needs on another. Gives the answer, and where to read it. */
type Write = (name: string, gateway: Api, other: Api) => Promise<{ readonly answer: Answer; readonly path: string }>;

const WRITES: readonly Write[] = [
  async (name, gateway) => ({
    answer: await gateway.put('/agents', { agent_name: name, description: `made as ${name}` }),
    path: `/agents/${name}`,
  }),
  async (name, gateway) => ({
    answer: await gateway.put('/agents/owner/agent-versions', { agent_version_name: name }),
    path: `/agents/owner/agent-versions/${name}`,
  }),
  async (name, gateway) => ({
    answer: await gateway.put('/people', { person_id: name, properties: { name, list: [1, 2] } }),
    path: `/people/${name}`,
  }),
  async (name, gateway, other) => {
    await other.put('/agents', { agent_name: name });
    return {
      answer: await gateway.patch(`/agents/${name}`, { description: 'changed', deprecated: true }),
      path: `/agents/${name}`,
    };
  },
  async (name, gateway, other) => {
    await other.put('/people', { person_id: name, properties: { state: 'first' } });
    return {
      answer: await gateway.put(`/people/${name}`, { properties: { state: 'second' } }),
      path: `/people/${name}`,
    };
  },
];

describe.each([
  { drivers: 'scale', pairs: 1_000, start: (): Promise<System> => startScale({ gateways: 2, projectors: 1 }) },
  { drivers: 'embedded', pairs: 200, start: (): Promise<System> => startEmbedded() },
])('reading what was written, on the $drivers drivers', ({ pairs, start }) => {
  let system: System;

  beforeAll(async () => {
    system = await start();
  }, 150_000);
  afterAll(() => stopStarted(system), 60_000);

  it(`finds all of ${pairs} writes on the next gateway without waiting`, async () => {
    const gateways = system.urls.map((url) => new Api(() => [url], system.apiKey));
    const gateway = (index: number): Api => gateways[index % gateways.length] as Api;
    await gateway(0).put('/agents', { agent_name: 'owner' });
    const wrong: string[] = [];
    await concurrently(indexes(pairs), IN_FLIGHT, async (index) => {
      const write = WRITES[index % WRITES.length] as Write;
      // One gateway writes and the next reads, in turn; five kinds and two gateways meet in every combination.
      const { answer, path } = await write(`name-${index}`, gateway(index), gateway(index + 1));
      const read = await gateway(index + 1).get(path);
      if (answer.status !== 200 || read.status !== 200 || read.text !== answer.text) {
        wrong.push(`${path}: written ${answer.status} ${answer.text}, read ${read.status} ${read.text}`);
      }
    });
    expect(wrong).toEqual([]);
  }, 120_000);
});
