import { createServer, type Server } from 'node:http';
import { eventually } from '@logbook/testing';
import { Api } from './harness/api.js';
import { ReadWatch } from './read-watch.js';

describe('ReadWatch', () => {
  let server: Server;
  let answer: readonly [number, string] = [200, '{"number":1}'];
  let api: Api;

  beforeAll(async () => {
    server = createServer((_request, response) => response.writeHead(answer[0]).end(answer[1]));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    api = new Api(() => [`http://127.0.0.1:${(server.address() as { port: number }).port}`], 'key');
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('begins with the first answer that is 200', async () => {
    answer = [503, '{}'];
    const starting = ReadWatch.start(api, ['/agents/a']);
    await new Promise((resolve) => server.once('request', resolve));
    answer = [200, '{"number":1}'];
    const watch = await starting;
    await eventually(() => watch.last === 'AS_BEFORE', { what: 'the answer as before' });
    await watch.stop();
    expect([watch.unavailable, watch.wrong]).toEqual([0, []]);
  });

  it('takes 503 for what it may see, and any other answer than the first for a wrong one', async () => {
    const watch = await ReadWatch.start(api, ['/agents/a']);
    answer = [503, '{}'];
    await eventually(() => watch.unavailable > 0, { what: 'a 503' });
    expect(watch.wrong).toEqual([]);
    for (const wrong of [
      [200, '{"number":2}'],
      [404, '{}'],
    ] as const) {
      const before = watch.wrong.length;
      answer = wrong;
      await eventually(() => watch.wrong.length > before, { what: `${wrong[0]} to be noticed` });
      expect(watch.wrong.at(-1)).toContain(`was answered ${wrong[0]}`);
    }
    answer = [200, '{"number":1}'];
    await eventually(() => watch.last === 'AS_BEFORE', { what: 'the answer as before' });
    await watch.stop();
  });
});
