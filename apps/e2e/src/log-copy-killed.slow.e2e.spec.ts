import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch, type FSWatcher } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTestServices } from '@logbook/config';
import { DEFAULT_PARTITION_COUNTS, EMBEDDED_PARTITION_COUNTS } from '@logbook/contracts';
import { ControlFollower, openLog, type LogLocation } from '@logbook/log';
import { uniqueName } from '@logbook/testing';
import { builtProgram } from './harness/repository.js';
import { logContents } from './log-contents.js';

const MESSAGES = 15_000;
const MESSAGES_AT_ONCE = 2_000;
const KEYS = 500;
/** A run is killed somewhere in one of its first steps: each step saves the record once. */
const STEPS_MAX = 4;
const AFTER_SAVE_MS_MAX = 40;
const RUNS_MAX = 60;

describe('a copy that is killed at any moment', () => {
  let directory: string;
  let source: LogLocation;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'logbook-e2e-copy-killed-'));
    source = { kind: 'embedded', dir: join(directory, 'source', 'log') };
    const log = await openLog({ ...source, messageBytesMax: 1024 * 1024, clientId: 'logbook/e2e' });
    const control = await ControlFollower.open({ log, source: 'logbook/e2e', partitions: EMBEDDED_PARTITION_COUNTS });
    await control.stop();
    for (let count = 0; count < MESSAGES; count += MESSAGES_AT_ONCE) {
      await log.append(
        'events',
        Array.from({ length: MESSAGES_AT_ONCE }, (_, index) => ({
          key: `default/session-${(count + index) % KEYS}`,
          headers: { ce_id: `${count + index}` },
          value: Buffer.from(JSON.stringify({ number: count + index, text: `${Math.sin(count + index)}`.repeat(40) })),
        })),
      );
    }
    await log.close();
  }, 120_000);
  afterAll(() => rm(directory, { recursive: true, force: true }));

  /** Runs the copy and kills it, if asked to, at a random moment of its work. Resolves with the exit code, `null` if killed. */
  async function copyTo(
    to: string,
    { recordDir }: { recordDir?: string } = {},
  ): Promise<{ code: number | null; said: string }> {
    const child = spawn(process.execPath, [builtProgram('cli'), 'log', 'copy', '--to', to], {
      env: { LOGBOOK_DATA_DIR: join(directory, 'source') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const watcher = recordDir === undefined ? undefined : killWithin(recordDir, () => child.kill('SIGKILL'));
    const [code] = (await once(child, 'close')) as [number | null];
    watcher?.close();
    return { code, said };
  }

  function killWithin(recordDir: string, kill: () => void): FSWatcher {
    let stepsLeft = 1 + Math.floor(Math.random() * STEPS_MAX);
    return watch(recordDir, (_, name) => {
      if (name?.endsWith('.json') === true && (stepsLeft -= 1) === 0)
        setTimeout(kill, Math.random() * AFTER_SAVE_MS_MAX);
    });
  }

  it.each(['Kafka', 'a directory'])(
    'ends with every message once, in the order of its key, in %s',
    async (place) => {
      const { kafkaBrokers } = readTestServices();
      const prefix = uniqueName('e2e-killed');
      const isKafka = place === 'Kafka';
      const to = isKafka ? `kafka://${kafkaBrokers}/${prefix}` : `embedded:${join(directory, prefix)}`;
      const recordDir = join(directory, isKafka ? 'source' : prefix, 'copies');
      await mkdir(recordDir, { recursive: true });
      let killed = 0;
      for (let run = 1; ; run += 1) {
        const { code, said } = await copyTo(to, { recordDir });
        if (code === 0) break;
        expect({ code, said }).toEqual({ code: null, said: expect.not.stringContaining('logbook:') as string });
        killed += 1;
        expect(run).toBeLessThan(RUNS_MAX);
      }
      expect(killed).toBeGreaterThan(0);
      expect(await copyTo(to)).toMatchObject({ code: 0 });
      const target: LogLocation = isKafka
        ? { kind: 'kafka', brokers: kafkaBrokers.split(','), prefix }
        : { kind: 'embedded', dir: join(directory, prefix, 'log') };
      const copied = await logContents(target, isKafka ? DEFAULT_PARTITION_COUNTS : EMBEDDED_PARTITION_COUNTS);
      expect(copied).toEqual(await logContents(source, EMBEDDED_PARTITION_COUNTS));
    },
    400_000,
  );
});
