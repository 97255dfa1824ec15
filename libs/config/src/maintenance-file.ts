import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimFile, thisProcess, type HoldingProcess } from './process-file.js';

const MAINTENANCE_FILE = 'maintenance.json';

/**
 * One maintenance (a rebuild, a verification) at a time on a data directory, beside the server that owns it. The answer
 * is who is at it already, or what ends this one. A process that dies leaves nothing behind that stops the next.
 */
export function claimMaintenance(dir: string): { readonly release: () => void } | { readonly heldBy: HoldingProcess } {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, MAINTENANCE_FILE);
  const heldBy = claimFile(path, thisProcess());
  return heldBy === undefined ? { release: () => rmSync(path, { force: true }) } : { heldBy };
}
