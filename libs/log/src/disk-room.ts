import { statfsSync } from 'node:fs';
import { LogUnavailableError } from '@logbook/core';

/** Left free for what LMDB writes beside the data (pages it copies, an interrupted drain), and for others on that disk. */
export const DISK_BYTES_KEPT_FREE = 16 * 1024 * 1024;
/** A message of a little over half a page takes twice its size. */
const BYTES_ON_DISK = 2;

/**
 * Rejects what would not fit on the disk, before LMDB is asked to write it: a write that finds no room ends the process
 * with a segmentation fault (lmdb 3.5.6, seen on ext4), and with it every request under way.
 */
export function requireDiskRoom(dir: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  if (free < DISK_BYTES_KEPT_FREE + BYTES_ON_DISK * bytes) {
    throw new LogUnavailableError(
      `the disk of ${dir} has no room: ${free} bytes are free, of which ${DISK_BYTES_KEPT_FREE} stay so`,
    );
  }
}
