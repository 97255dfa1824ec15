import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually, uniqueName } from '@logbook/testing';
import { describeOnEveryDriverSet } from './drivers.js';
import { Api } from './harness/api.js';
import { builtProgram } from './harness/repository.js';
import { plainLines } from './plain-lines.js';
import { llmEvent, registerFingerprint } from './telemetry.js';

/** The key ring of every gateway has to follow within this. */
const FOLLOWED_MS = 5_000;
const UNKNOWN_PATH = '/agents/nobody-has-this-name';

interface IssuedKey {
  readonly id: string;
  readonly key: string;
}
interface ListedKey {
  readonly id: string;
  readonly name: string;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

describeOnEveryDriverSet('the command line beside running services', (system) => {
  /** Resolves once every gateway answers a request with this key with `status`. */
  const everywhere = async (key: string, status: number): Promise<void> => {
    await eventually(
      async () => {
        const answers = await Promise.all(system().urls.map((url) => new Api(() => [url], key).get(UNKNOWN_PATH)));
        if (answers.some((answer) => answer.status !== status))
          throw new Error(answers.map((answer) => answer.status).join(', '));
      },
      { timeoutMs: FOLLOWED_MS, what: `every gateway to answer ${status}` },
    );
  };

  it('issues a key that opens every gateway within seconds, lists it, and revokes it as soon', async () => {
    const name = uniqueName('key');
    const issued = await system().cliJson<IssuedKey>('keys', 'issue', '--name', name, '--json');
    await everywhere(issued.key, 404);

    const listed = await system().cliJson<ListedKey[]>('keys', 'list', '--json');
    expect(listed.find(({ id }) => id === issued.id)).toMatchObject({ name, revoked_at: null });
    expect(JSON.stringify(listed)).not.toContain(issued.key);

    expect(await system().cli('keys', 'revoke', issued.id)).toMatchObject({
      code: 0,
      stdout: `revoked ${issued.id}\n`,
    });
    await everywhere(issued.key, 401);
    const after = await system().cliJson<ListedKey[]>('keys', 'list', '--json');
    expect(after.find(({ id }) => id === issued.id)?.revoked_at).toEqual(expect.any(String));
    expect(await system().cli('keys', 'revoke', issued.id)).toMatchObject({
      code: 0,
      stdout: `${issued.id} was revoked before\n`,
    });
  }, 60_000);

  it('says when a key was used last, a little later', async () => {
    const issued = await system().cliJson<IssuedKey>('keys', 'issue', '--json');
    const lastUsed = async (): Promise<string | null | undefined> =>
      (await system().cliJson<ListedKey[]>('keys', 'list', '--json')).find(({ id }) => id === issued.id)?.last_used_at;
    expect(await lastUsed()).toBeNull();
    const before = new Date().toISOString();
    await everywhere(issued.key, 404);
    await eventually(async () => ((await lastUsed()) ?? '') >= before, {
      timeoutMs: 45_000,
      intervalMs: 1_000,
      what: 'the use of the key to be written down',
    });
  }, 90_000);

  it('creates a tenant whose keys see nothing of another, and shuts it out while it is disabled', async () => {
    const tenant = uniqueName('tenant');
    expect(await system().cli('tenants', 'create', tenant)).toMatchObject({ code: 0, stdout: `created ${tenant}\n` });
    const { key } = await system().cliJson<IssuedKey>('keys', 'issue', '--tenant', tenant, '--json');
    await everywhere(key, 404);
    await system().api.put('/agents', { agent_name: 'of-the-default-tenant' });
    const api = new Api(() => system().urls, key);
    expect((await api.get('/agents/of-the-default-tenant')).status).toBe(404);
    expect((await api.put('/agents', { agent_name: 'first' })).json()).toMatchObject({ agent_number: 1 });

    expect((await system().cli('tenants', 'disable', tenant)).code).toBe(0);
    await everywhere(key, 403);
    expect((await system().api.get('/agents/of-the-default-tenant')).status).toBe(200);
    expect((await system().cli('tenants', 'enable', tenant)).code).toBe(0);
    await everywhere(key, 404);
    expect((await api.get('/agents/first')).status).toBe(200);
  }, 90_000);

  it('shows sessions, and how far the projections are', async () => {
    const session = uniqueName('session');
    const { api } = system();
    const fingerprintId = await registerFingerprint(api);
    for (let count = 0; count < 3; count += 1)
      await api.post('/events', llmEvent(fingerprintId, { agent: 'teller', session, person: 'ann' }));
    const found = await eventually(
      async () => {
        const sessions = await system().cliJson<{ session: string; event_count: number }[]>('sessions', '--json');
        return sessions.find((each) => each.session === session && each.event_count === 3) ?? false;
      },
      { timeoutMs: 30_000, what: 'the session to count 3 events' },
    );
    expect(found).toMatchObject({
      agent: 'teller',
      agent_version: 'default',
      person: 'ann',
      input_tokens: 27,
      output_tokens: 6,
    });

    const status = await system().cliJson<{
      projections: { ready: boolean };
      partitions: { topic: string; lag: number | null }[];
    }>('status', '--json');
    expect(status.projections.ready).toBe(true);
    const lagging = status.partitions.filter(({ lag }) => lag !== null && lag > 0);
    expect(lagging).toEqual([]);
    expect((await system().cli('status')).stdout).toMatch(
      /answering reads[\s\S]*TOPIC +PARTITION +END +CHECKPOINT +LAG/,
    );
  }, 90_000);

  it('shows what is in the log, and what arrives, of those that are asked for', async () => {
    const session = uniqueName('session');
    const { api } = system();
    const fingerprintId = await registerFingerprint(api);
    const post = () => api.post('/events', llmEvent(fingerprintId, { agent: 'teller', session }));
    await post();
    const args = ['tail', 'events', '--from', 'beginning', '--session', session];
    expect(await system().cli(...args, '--no-follow')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        new RegExp(
          `^\\S+Z {2}events/\\d+/\\d+ {2}llm\\.recorded\\.v1 {2}default {2}agent teller/default {2}session ${session} .*\n$`,
        ),
      ),
    });

    const tail = spawn(process.execPath, [builtProgram('cli'), 'tail', '--session', session, '--json'], {
      env: system().environment,
    });
    let shown = '';
    tail.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
    try {
      // From the latest on: what is posted before it looks is not shown.
      await eventually(async () => (await post()).status === 200 && shown.includes('\n'), {
        timeoutMs: 60_000,
        what: 'a message to be shown',
      });
      const { topic, headers } = JSON.parse(shown.split('\n')[0] ?? '') as {
        topic: string;
        headers: Record<string, string[]>;
      };
      expect({ topic, session: headers['ce_session'] }).toEqual({ topic: 'events', session: [session] });
    } finally {
      tail.kill('SIGINT');
    }
    const [code] = (await once(tail, 'exit')) as [number | null];
    expect(code).toBe(0);
  }, 90_000);

  it.each([
    [['keys', 'revoke', 'no-such-key'], 'there is no key no-such-key'],
    [['keys', 'issue', '--tenant', 'nobody'], 'there is no tenant nobody'],
    [['tenants', 'disable', 'nobody'], 'there is no tenant nobody'],
    [['tenants', 'create', 'No Good'], 'cannot name a tenant'],
  ])('refuses %j in one line, with exit code 1', async (args, sentence) => {
    const { code, stdout, stderr } = await system().cli(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(plainLines(stderr)).toEqual([expect.stringContaining(sentence)]);
  });
});
