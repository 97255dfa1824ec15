import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logId } from '@logbook/contracts';
import { eventually } from '@logbook/testing';
import { type BuiltProcess, startBuiltProcess } from '../testing/built-process.js';
import { Spool } from './spool.js';
import { readSpools } from './spool-status.js';

const LOG = '5b0a3f5e-7a54-4b57-9d5c-0f6f3c1c8a01';
const PROGRAM = join(__dirname, '../../dist/testing/spool-until-killed.js');
const ROUNDS = 8;
const LOOKS = 50;
const TIMEOUT_MS = 60_000;

interface Spooler extends BuiltProcess {
  readonly put: string[];
  readonly took: string[];
}

function startSpooler(dir: string, label: string): Spooler {
  const put: string[] = [];
  const took: string[] = [];
  const onLine = (line: string): void => {
    const [what = '', id = ''] = line.split(' ');
    (what === 'put' ? put : took).push(id);
  };
  return { ...startBuiltProcess(PROGRAM, { args: [dir, label, LOG], onLine }), put, took };
}

describe('the spool of a process that is killed', () => {
  let dir: string;
  const started: Spooler[] = [];
  const start = (label: string): Spooler => {
    const spooler = startSpooler(dir, label);
    started.push(spooler);
    return spooler;
  };
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'logbook-spool-'));
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((spooler) => spooler.kill()));
    await rm(dir, { recursive: true });
  });

  it(
    'loses nothing that was acknowledged and keeps its order, killed while it appends and drains, again and again',
    async () => {
      const put: string[] = [];
      const taken: string[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const spooler = start(String(round));
        // Each round ends at another moment of the work.
        const enough = 20 + 17 * round;
        await eventually(() => spooler.put.length > enough && spooler.took.length > 0, {
          timeoutMs: TIMEOUT_MS,
          what: 'some messages are acknowledged and some drained',
        });
        await spooler.kill();
        put.push(...spooler.put);
        taken.push(...spooler.took);
      }
      taken.push(...(await drain(dir)));

      expect(put.filter((id) => !new Set(taken).has(id))).toEqual([]);
      for (let round = 0; round < ROUNDS; round += 1) {
        const first = [...new Set(taken.filter((id) => id.startsWith(`${round}-`)))];
        expect(first).toEqual(first.map((_, index) => `${round}-${index}`));
      }
    },
    TIMEOUT_MS,
  );

  it('is nobody’s at once, and the next process adopts it', async () => {
    const spooler = start('killed');
    await eventually(() => spooler.put.length > 0, { what: 'a message to be acknowledged' });
    expect((await readSpools(dir)).map(({ owner }) => typeof owner?.pid)).toEqual(['number']);
    await spooler.kill();
    expect((await readSpools(dir)).map(({ owner }) => owner)).toEqual([null]);
    await drain(dir);
    expect(await readSpools(dir)).toEqual([]);
  });

  it('can be looked at while its process appends and drains', async () => {
    const spooler = start('busy');
    await eventually(() => spooler.took.length > 0, { what: 'a message to be drained' });
    for (let look = 0; look < LOOKS; look += 1) {
      const [status] = await readSpools(dir);
      expect(status?.messages).toBeGreaterThanOrEqual(0);
    }
  });
});

async function drain(dir: string): Promise<string[]> {
  const spool = await Spool.open({ dir, logId: logId(LOG), bytesMax: 64 * 1024 * 1024, messageBytesMax: 1024 });
  const ids: string[] = [];
  const limits = { messagesMax: 100, bytesMax: 1024 * 1024 };
  for (let batch = spool.next(limits); batch !== undefined; batch = spool.next(limits)) {
    ids.push(...batch.entries.map(({ message }) => message.headers['ce_id'] ?? ''));
    await spool.remove(batch);
  }
  await spool.close();
  return ids;
}
