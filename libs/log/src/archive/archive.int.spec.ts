import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { EMBEDDED_PARTITION_COUNTS, LOG_TOPICS, type PartitionCounts } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlFollower } from '../control/control-follower.js';
import { copyLog } from '../copy/copy-log.js';
import { openLogSource } from '../copy/copy-source.js';
import { CopyTarget } from '../copy/copy-target.js';
import { readGenesis } from '../copy/genesis.js';
import { openEmbeddedLog } from '../embedded/embedded.log.js';
import { message } from '../log.contract.js';
import { contentsOf } from '../testing/log-contents.js';
import { ArchiveSource } from './read-archive.js';
import { writeArchive } from './write-archive.js';

const messageBytesMax = 8 * 1024 * 1024;
const BLOCK = 512;

/** Several of events, so that what is between them is tried. */
const PARTITIONS: PartitionCounts = { ...EMBEDDED_PARTITION_COUNTS, events: 4 };

describe('an archive of a log', () => {
  let dir: string;
  let source: Log;
  let archive: Buffer;
  let logs = 0;
  const opened: Log[] = [];
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'logbook-archive-'));
    source = await openLog();
    const control = await ControlFollower.open({ log: source, source: 'test', partitions: PARTITIONS });
    await control.stop();
    await fill('early');
    archive = await exported();
  });
  afterAll(async () => {
    for (const log of opened) await log.close();
    await rm(dir, { recursive: true });
  });

  async function openLog(): Promise<Log> {
    const log = await openEmbeddedLog({ dir: join(dir, `log-${(logs += 1)}`), messageBytesMax });
    opened.push(log);
    return log;
  }

  async function fill(round: string): Promise<void> {
    const keys = Array.from({ length: 40 }, (_, index) => `acme/session-${index}`);
    await source.append(
      'events',
      keys.flatMap((key) => [message(key, `{"text":"ä\\n ${round} ${'x'.repeat(50_000)}"}`), message(key, round)]),
    );
    await source.append('commands', [
      { key: null, headers: { from: Buffer.from('elsewhere') }, value: Buffer.from('no key') },
      { key: Buffer.from([0xff]), headers: { twice: [Buffer.from('a'), Buffer.from([0xc0])] }, value: null },
      message('large', Buffer.alloc(6 * 1024 * 1024, 0xfe)),
    ]);
  }

  async function exported(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    const write = async (piece: Buffer): Promise<void> => void pieces.push(piece);
    await writeArchive({ source: await openLogSource(source), write });
    return Buffer.concat(pieces);
  }

  const read = (bytes: Buffer, chunkBytes = 60_000): Promise<ArchiveSource> =>
    ArchiveSource.open(
      Readable.from(
        (function* () {
          for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
        })(),
      ),
    );

  async function importInto(log: Log, bytes: Buffer): Promise<number> {
    const from = await read(bytes);
    const target = await CopyTarget.open({
      log,
      source: from.genesis,
      partitions: PARTITIONS,
      asked: { events: 3 },
      recordDir: join(dir, 'copies'),
      writtenBy: 'test',
    });
    return (await copyLog({ source: from, target })).messages;
  }

  /** Where each file of a tar begins and ends, headers and padding included. */
  function entriesOf(bytes: Buffer): { name: string; begin: number; end: number }[] {
    const entries = [];
    for (let begin = 0; bytes[begin] !== 0;) {
      const name = bytes.toString('utf8', begin, bytes.indexOf(0, begin));
      const size = Number.parseInt(bytes.toString('latin1', begin + 124, begin + 135), 8);
      const end = begin + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
      entries.push({ name, begin, end });
      begin = end;
    }
    return entries;
  }

  it('gives back every message and the order of each key, under a new identity with the same secret', async () => {
    const target = await openLog();
    const messages = await importInto(target, archive);
    const expected = await contentsOf(source);
    expect(messages).toBe([...expected.values()].flat().length);
    expect(await contentsOf(target)).toEqual(expected);
    const [from, to] = [await readGenesis(source), await readGenesis(target)];
    expect(to).toMatchObject({ secret: from?.secret, origin: from?.logId, partitions: { events: 3 } });
    expect(to?.logId).not.toBe(from?.logId);
  });

  it('is the same bytes from the same log', async () => {
    expect((await exported()).equals(archive)).toBe(true);
  });

  it('is read by ordinary tools', () => {
    const path = join(dir, 'archive.tar');
    writeFileSync(path, archive);
    const names = execFileSync('tar', ['-tf', path], { encoding: 'utf8' }).trim().split('\n');
    expect(names[0]).toMatch(/^log-[0-9a-f]{64}\.json$/);
    expect(names.at(-1)).toMatch(/^manifest-[0-9a-f]{64}\.json$/);
    for (const name of names) {
      const content = execFileSync('tar', ['-xOf', path, name], { maxBuffer: 64 * 1024 * 1024 });
      const [sum = ''] = execFileSync('sha256sum', { input: content, encoding: 'utf8' }).split(' ');
      expect(name).toContain(sum);
    }
    const manifest = execFileSync('tar', ['-xOf', path, names.at(-1) ?? ''], { encoding: 'utf8' });
    const { segments } = JSON.parse(manifest) as { segments: { name: string; topic: string }[] };
    const events = segments.find(({ topic }) => topic === 'events')?.name ?? '';
    const shown = execFileSync('sh', ['-c', `tar -xOf '${path}' '${events}' | gunzip | sed -n 3p`], {
      encoding: 'utf8',
    });
    expect(JSON.parse(shown)).toMatchObject({ offset: 1, headers: [['ce_id', 'id']], value: 'early' });
  });

  it('is cut into segments, so that none of many is large', () => {
    const entries = entriesOf(archive);
    expect(entries.filter(({ name }) => name.startsWith('segment-')).length).toBeGreaterThan(LOG_TOPICS.length + 2);
  });

  it('goes on with an archive of the same log that was made later', async () => {
    const target = await openLog();
    await importInto(target, archive);
    await fill('late');
    expect(await importInto(target, await exported())).toBe(83);
    expect(await contentsOf(target)).toEqual(await contentsOf(source));
  });

  describe('that is damaged', () => {
    /** What verifying says, and what importing says: both must refuse. */
    async function refusals(bytes: Buffer): Promise<string[]> {
      const said = (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => 'taken',
          (error: unknown) => (error as Error).message,
        );
      return [
        await said(read(bytes).then((from) => from.verify())),
        await said(openLog().then((log) => importInto(log, bytes))),
      ];
    }

    it('by one flipped bit anywhere is refused', async () => {
      const step = Math.ceil(archive.length / 300);
      const places = [...Array(300).keys()].map((index) => Math.min(archive.length - 1, index * step + (index % step)));
      for (const place of [...places, 0, archive.length - 1, archive.length - 1_024]) {
        const flipped = Buffer.from(archive);
        flipped[place] = (flipped[place] ?? 0) ^ (1 << (place % 8));
        const said = await read(flipped)
          .then((from) => from.verify())
          .then(
            () => `taken with a flipped bit at ${place}`,
            (error: unknown) => (error as Error).message,
          );
        expect(said).toMatch(/^the archive (is|has)/);
      }
    });

    it('in a segment is refused naming it', async () => {
      const victim = entriesOf(archive)[4];
      const flipped = Buffer.from(archive);
      const place = (victim?.begin ?? 0) + BLOCK + 40;
      flipped[place] = (flipped[place] ?? 0) ^ 1;
      for (const said of await refusals(flipped)) expect(said).toContain(`segment 4: it holds ${victim?.name}`);
    });

    it('by a segment that is missing, twice there, or in the place of another is refused', async () => {
      const entries = entriesOf(archive);
      const piece = (index: number): Buffer => archive.subarray(entries[index]?.begin, entries[index]?.end);
      const all = entries.map((_, index) => index);
      const end = archive.subarray(entries.at(-1)?.end);
      const built = (order: readonly number[]): Buffer => Buffer.concat([...order.map(piece), end]);
      expect(built(all).equals(archive)).toBe(true);
      const swapped = [...all];
      [swapped[3], swapped[4]] = [4, 3];
      for (const order of [all.filter((index) => index !== 3), [...all.slice(0, 4), 3, ...all.slice(4)], swapped]) {
        for (const said of await refusals(built(order))) expect(said).toMatch(/segment [34]: it holds segment-0000000/);
      }
      // The last segment: only the manifest knows of it.
      const withoutLast = all.filter((index) => index !== entries.length - 2);
      for (const said of await refusals(built(withoutLast))) expect(said).toMatch(/not what manifest-.* lists/);
    });

    it('by its end missing, wherever it is cut, is refused, and the whole one goes on where it was', async () => {
      const cuts = entriesOf(archive).flatMap(({ begin, end }) => [begin, begin + 100, end - 1]);
      for (const cut of [...cuts, archive.length - 1_024, archive.length - 1]) {
        expect((await refusals(archive.subarray(0, cut)))[0]).toMatch(/^the archive is/);
      }
      const target = await openLog();
      await expect(importInto(target, archive.subarray(0, archive.length / 2))).rejects.toThrow(
        /cut off.*import it again/,
      );
      await importInto(target, archive);
      expect([...(await contentsOf(target)).values()].flat().length).toBe(1 + 80 + 3);
    });
  });
});
