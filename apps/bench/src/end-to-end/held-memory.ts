import { readFileSync } from 'node:fs';
import { processTree } from '../processor-time.js';

/**
 * The memory that a process and everything it started hold, in bytes; what several share (the buffers of PostgreSQL) counts
 * once in all. Source: proc_pid_smaps_rollup(5), Pss, in units of 1024 bytes. NaN where there is no /proc.
 */
export function heldBytes(root: number): number {
  const held = processTree(root).flatMap((pid) => {
    try {
      const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
      return match?.[1] === undefined ? [] : [Number(match[1]) * 1024];
    } catch {
      // It ended between the two looks.
      return [];
    }
  });
  return held.length === 0 ? Number.NaN : held.reduce((sum, bytes) => sum + bytes, 0);
}
