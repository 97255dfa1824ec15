import { loggedEvents } from '../harness/projections.js';
import type { System } from '../harness/system.js';
import { eventBody, fingerprint, recordedId } from './requests.js';

const SECRET = 'sk-must-never-be-stored';

/** What must not reach the log, which is for ever. */
export function describeRedaction(system: () => System): void {
  it.each([
    [
      'an authorization header',
      `{"Authorization":"Bearer ${SECRET}","x-trace":"kept"}`,
      '{"Authorization":"[redacted]","x-trace":"kept"}',
    ],
    [
      'cookies',
      `{"cookie":"${SECRET}","Set-Cookie":["${SECRET}"]}`,
      '{"cookie":"[redacted]","Set-Cookie":"[redacted]"}',
    ],
    [
      'names that contain a telling part',
      `{"X-Api-Key":"${SECRET}","my_api_key":1,"xTOKENx":{"a":"${SECRET}"}}`,
      '{"X-Api-Key":"[redacted]","my_api_key":"[redacted]","xTOKENx":"[redacted]"}',
    ],
    [
      'repeated names',
      `{"authorization":"${SECRET}", "authorization" : "${SECRET}"}`,
      '{"authorization":"[redacted]", "authorization" : "[redacted]"}',
    ],
    ['a name spelled with escapes', `{"\\u0041uthorization":"${SECRET}"}`, '{"\\u0041uthorization":"[redacted]"}'],
    [
      'a list of pairs',
      `[["Authorization","${SECRET}"],["x-trace","kept"]]`,
      '[["Authorization","[redacted]"],["x-trace","kept"]]',
    ],
  ])('%s in extra_headers is replaced before the append, and every other byte stays', async (_what, sent, kept) => {
    const { api } = system();
    const properties = (headers: string): string =>
      `{"api":"openai-responses", "inputs":{"a": 1, "extra_headers":${headers}} }`;
    const body = JSON.stringify(await eventBody(api, { properties: 0 }));
    const withHeaders = (headers: string): string =>
      body.replace('"properties":0', `"properties": ${properties(headers)}`);
    const id = recordedId(await api.post('/events', withHeaders(sent)));
    const [message] = await loggedEvents(system(), [id]);
    expect(message?.value?.toString()).toBe(withHeaders(kept));
  });

  it.each([
    ['the key of extra_headers spelled with escapes', `"inputs":{"extra\\u005fheaders":{"authorization":"${SECRET}"}}`],
    ['inputs that are repeated', `"inputs":{"extra_headers":{"authorization":"${SECRET}"}},"inputs":{}`],
    ['inputs spelled with escapes', `"\\u0069nputs":{"extra_headers":{"authorization":"${SECRET}"}}`],
  ])('a secret does not hide behind %s', async (_what, members) => {
    const { api } = system();
    const body = JSON.stringify(await eventBody(api, { properties: 0 })).replace(
      '"properties":0',
      `"properties":{${members}}`,
    );
    const id = recordedId(await api.post('/events', body));
    const [message] = await loggedEvents(system(), [id]);
    expect(message?.value?.toString()).toContain('[redacted]');
    expect(message?.value?.toString()).not.toContain(SECRET);
  });

  it('nor behind properties that are repeated', async () => {
    const { api } = system();
    const secret = `{"inputs":{"extra_headers":{"authorization":"${SECRET}"}}}`;
    const body = JSON.stringify(await eventBody(api, { properties: {} })).replace(
      '"properties":{}',
      `"properties":${secret},"properties":{}`,
    );
    const id = recordedId(await api.post('/events', body));
    const [message] = await loggedEvents(system(), [id]);
    expect(message?.value?.toString()).not.toContain(SECRET);
  });

  it('user-info of the git remote reaches neither log nor projection, and makes no difference to the fingerprint', async () => {
    const { api } = system();
    const remote = (userInfo: string) => ({
      git_repository_url: `https://${userInfo}git.example.com/team/app.git`,
      git_branch: SECRET.slice(3, 9),
    });
    const id = await fingerprint(api, remote(`user:${SECRET}@`));
    expect(await fingerprint(api, remote(''))).toBe(id);
    expect(await fingerprint(api, remote(`${SECRET}@`))).toBe(id);
    const { everything, kept } = await system().withLog(async (log) => {
      const texts: string[] = [];
      const [starts, ends] = [await log.starts('commands'), await log.ends('commands')];
      for (const [partition, end] of ends.entries()) {
        for (let at: number = starts[partition] ?? 0; at < end; at += 1) {
          const message = await log.read({ topic: 'commands', partition, offset: at as (typeof ends)[number] });
          texts.push(message?.value?.toString() ?? '');
        }
      }
      return {
        everything: texts.join('\n'),
        kept: texts.some((text) => text.includes('https://git.example.com/team/app.git')),
      };
    });
    expect(kept).toBe(true);
    expect(everything).not.toContain(SECRET);
  });
}
