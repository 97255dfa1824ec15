import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  remove(): void;
}

/** As root, or as somebody who may become root without being asked. */
const WAYS = [[], ['sudo', '-n']] as const;

/**
 * An ext4 file system of so many bytes in a file, or `undefined` where this user may not mount one. Not a tmpfs: there even
 * reading a hole of a file takes room, and a process that maps the file dies of it.
 */
export function mountSmallDisk(bytes: number): SmallDisk | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'logbook-disk-'));
  const [image, path] = [join(directory, 'image'), join(directory, 'disk')];
  const run = (...words: readonly string[]): void => {
    const [command = '', ...args] = words;
    execFileSync(command, args, { stdio: 'ignore' });
  };
  for (const way of WAYS) {
    try {
      writeFileSync(image, '');
      truncateSync(image, bytes);
      run('mkfs.ext4', '-q', '-F', '-m', '0', '-E', 'root_owner', image);
      mkdirSync(path, { recursive: true });
      run(...way, 'mount', '-o', 'loop', image, path);
    } catch {
      continue;
    }
    return {
      path,
      remove: () => {
        run(...way, 'umount', path);
        rmSync(directory, { recursive: true });
      },
    };
  }
  rmSync(directory, { recursive: true });
  return undefined;
}
