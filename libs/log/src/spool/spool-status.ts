import { findSpools } from './spool-directories.js';
import type { SpoolFigures } from './spool-disk.js';
import { type ParkedEntry, SpoolStore } from './spool-store.js';
import type { LogId } from '@logbook/contracts';

/** A spool directory as a person sees it, beside the process that may be working on it. */
export interface SpoolStatus extends SpoolFigures {
  readonly name: string;
  readonly dir: string;
  /** The process it belongs to; `null` where that is gone, and the next gateway of this data directory adopts it. */
  readonly owner: { readonly pid: number | null } | null;
  readonly logId: LogId;
  readonly parked: readonly Pick<ParkedEntry, 'topic' | 'message' | 'spooledAtMs' | 'reason'>[];
}

/** Reads every spool directory under `root`. One that its process is only now making, or removing, is left out. */
export async function readSpools(root: string): Promise<SpoolStatus[]> {
  const statuses: SpoolStatus[] = [];
  for (const { name, dir, owner } of await findSpools(root)) {
    const store = SpoolStore.openBeside(dir);
    if (store === undefined) continue;
    try {
      statuses.push({
        name,
        dir,
        owner: owner.state === 'RUNNING' ? { pid: owner.pid } : null,
        logId: store.logId,
        ...store.figures(),
        parked: store.parkedEntries(),
      });
    } finally {
      await store.close();
    }
  }
  return statuses;
}
