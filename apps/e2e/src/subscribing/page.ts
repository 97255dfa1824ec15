import { readFile } from 'node:fs/promises';
import { inRepository } from '../harness/repository.js';

/** What `docs/subscribing.md` shows: the files of the service, and the lines that belong into one. */
export interface Page {
  readonly files: ReadonlyMap<string, string>;
  /** Blocks of TypeScript without a file of their own. */
  readonly lines: readonly string[];
}

const BLOCK = /(?:<!-- file: (?<file>\S+) -->\s+)?```(?<language>\w*)\n(?<text>[^]*?)```/g;

export async function readPage(): Promise<Page> {
  const page = await readFile(inRepository('docs/subscribing.md'), 'utf8');
  const files = new Map<string, string>();
  const lines: string[] = [];
  for (const { groups } of page.matchAll(BLOCK)) {
    const { file, language, text = '' } = groups ?? {};
    if (file !== undefined) files.set(file, text);
    else if (language === 'ts') lines.push(text);
  }
  return { files, lines };
}
