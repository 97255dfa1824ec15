import { readFileSync } from 'node:fs';
import { processTree } from '../processor-time.js';

/**
 * The memory that a process and everything it started hold, in bytes; what several share (the buffers of PostgreSQL) counts
 * once in all. Pages of files do not count, which the system takes back whenever it needs them: the embedded log is a
 * mapped file and would count as it grows.
 * Source: proc_pid_smaps_rollup(5), Pss_Anon and Pss_Shmem, in units of 1024 bytes. NaN where there is no /proc.
 */
export function heldBytes(root: number): number {
  const held = processTree(root).flatMap((pid) => {
    try {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      return Array.from(rollup.matchAll(/^Pss_(?:Anon|Shmem):\s+(\d+) kB$/gm), ([, kib]) => Number(kib) * 1024);
    } catch {
      // It ended between the two looks.
      return [];
    }
  });
  return held.length === 0 ? Number.NaN : held.reduce((sum, bytes) => sum + bytes, 0);
}
