import type { Verification } from '@logbook/projector';
import { printTable } from '../output.js';

/** The exit code of a verification that found a difference. */
export const EXIT_DIFFERENT = 2;

export function verificationDocument(verification: Verification): object {
  const { generation, foldVersion, same, vector, messages, tables, checkpoints, contentDigest, contentDigests } =
    verification;
  return {
    generation,
    fold_version: foldVersion,
    same,
    vector,
    messages,
    content_digest: contentDigest,
    tables: tables.map(({ table, rows, replayedRows, differences, samples }) => ({
      table,
      rows,
      replayed_rows: replayedRows,
      ...differences,
      content_digest: contentDigests.get(table)?.digest ?? null,
      samples: samples.map(({ difference, key }) => ({ difference, key: JSON.parse(key) as unknown })),
    })),
    checkpoints,
  };
}

/** For people: a table of tables, then what differs and where. */
export function printVerification(verification: Verification): void {
  const { generation, messages, same, tables, checkpoints, contentDigest } = verification;
  printTable(
    ['TABLE', 'ROWS', 'REPLAYED', 'CHANGED', 'MISSING', 'EXTRA'],
    tables.map(({ table, rows, replayedRows, differences: { changed, missing, extra } }) => [
      table,
      ...[rows, replayedRows, changed, missing, extra].map(String),
    ]),
  );
  for (const { table, samples } of tables) {
    for (const { difference, key } of samples) process.stdout.write(`${table} ${key}: ${difference}\n`);
  }
  for (const { topic, partition, problem } of checkpoints) {
    process.stdout.write(`checkpoint of ${topic}[${partition}]: ${problem}\n`);
  }
  process.stdout.write(
    same
      ? `\n${generation} is what ${messages} messages fold to; content digest ${contentDigest}\n`
      : `\n${generation} differs from a replay of ${messages} messages, whose content digest is ${contentDigest}\n`,
  );
}
