import { decodeMessage, offset, type LogCreated, type TopicPartition } from '@logbook/contracts';
import { LogMismatchError } from '@logbook/core';
import { placeAt, type CopyPlaces } from '../copy/copy-places.js';
import type { CopyBatch, CopySource } from '../copy/copy-source.js';
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  ENTRY_BYTES_MAX,
  logEntryName,
  manifestEntryName,
  segmentEntryName,
  type ArchivedLog,
  type Manifest,
  type ManifestSegment,
} from './archive-format.js';
import { decodeSegment, messageOf } from './segment.js';
import { readTar, TarDamagedError, type TarEntry } from './tar.js';

const damaged = (what: string, cause?: unknown): LogMismatchError =>
  new LogMismatchError(
    `the archive is ${what}. What was read before is right: get the archive whole and import it again into the same place`,
    { cause },
  );

/** An archive of a log, read once from its beginning to its end. Each part is checked before it is used. */
export class ArchiveSource implements CopySource {
  readonly grows = false;

  private constructor(
    readonly genesis: LogCreated,
    private readonly log: string,
    private readonly entries: AsyncGenerator<TarEntry>,
  ) {}

  /** @throws LogMismatchError if this is no archive. */
  static async open(chunks: AsyncIterable<Buffer>): Promise<ArchiveSource> {
    const entries = readTar(chunks, { entryBytesMax: ENTRY_BYTES_MAX });
    const first = await nextEntry(entries);
    if (first === undefined || first.name !== logEntryName(first.content))
      throw damaged('no archive of a log, or damaged at its beginning');
    return new ArchiveSource(genesisOf(first.content), first.name, entries);
  }

  remaining(): Promise<null> {
    return Promise.resolve(null);
  }

  async *read(places: CopyPlaces, _first: TopicPartition | null): AsyncGenerator<CopyBatch> {
    for await (const batch of this.batches()) {
      const { next } = placeAt(places, batch);
      if (batch.next <= next) continue;
      const from = offset(Math.max(batch.from, next));
      yield { ...batch, from, messages: batch.messages.filter((message) => message.offset >= from) };
    }
  }

  /** Reads everything and keeps nothing: whether the archive is whole. */
  async verify(): Promise<void> {
    for (const entries = this.checked(); (await entries.next()).done !== true;);
  }

  private async *batches(): AsyncGenerator<CopyBatch> {
    for await (const { name, content } of this.checked()) {
      try {
        yield await decodeSegment(content);
      } catch (error) {
        throw damaged(`not readable in ${name}`, error);
      }
    }
  }

  /** The segments, each the next one and what its name says, and behind them the manifest that lists just them. */
  private async *checked(): AsyncGenerator<TarEntry> {
    const names: string[] = [];
    for (;;) {
      const entry = await nextEntry(this.entries);
      if (entry === undefined) throw damaged(`cut off: there is no manifest behind segment ${names.length}`);
      if (entry.name === manifestEntryName(entry.content)) {
        this.requireManifest(entry, names);
        break;
      }
      const wanted = segmentEntryName(names.length + 1, entry.content);
      if (entry.name !== wanted) {
        throw damaged(
          `not right at segment ${names.length + 1}: it holds ${entry.name} there, which is damaged or out of its place`,
        );
      }
      names.push(entry.name);
      yield entry;
    }
    if ((await nextEntry(this.entries)) !== undefined) throw damaged('not ended by its manifest');
  }

  private requireManifest({ name, content }: TarEntry, names: readonly string[]): void {
    const { log, segments } = JSON.parse(content.toString()) as Manifest;
    const listed = segments.map((segment: ManifestSegment) => segment.name);
    if (log === this.log && listed.length === names.length && listed.every((each, index) => each === names[index]))
      return;
    throw damaged(`not what ${name} lists: of ${listed.length} segments there are ${names.length}`);
  }
}

async function nextEntry(entries: AsyncGenerator<TarEntry>): Promise<TarEntry | undefined> {
  try {
    const next = await entries.next();
    return next.done === true ? undefined : next.value;
  } catch (error) {
    if (error instanceof TarDamagedError) throw damaged(error.message, error);
    throw error;
  }
}

function genesisOf(content: Buffer): LogCreated {
  const { format, version, genesis } = JSON.parse(content.toString()) as ArchivedLog;
  if (format !== ARCHIVE_FORMAT || version !== ARCHIVE_VERSION) {
    throw new LogMismatchError(
      `the archive has the format ${format} ${version}; this release reads ${ARCHIVE_FORMAT} ${ARCHIVE_VERSION}`,
    );
  }
  const decoded = decodeMessage(messageOf(genesis));
  if (decoded.outcome === 'DECODED' && decoded.message.type === 'com.logbook.log.created.v1') return decoded.message;
  throw new LogMismatchError('the archive does not say which log it holds');
}
