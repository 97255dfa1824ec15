import { claimMaintenance, readOwner } from '@logbook/config';
import { BatchWriter, Generations, lockMaintenance, type Store } from '@logbook/store';
import { CommandError } from '../command-error.js';
import { type OpenedLog, withLog, withStore } from '../with-log.js';

export interface Maintenance extends OpenedLog {
  readonly store: Store;
  /** Leaves out what `control` says is skipped. */
  readonly writer: BatchWriter;
  /** Nobody else would follow a generation: on the embedded log one process does, and no server runs. */
  readonly followHere: boolean;
}

/** Opens log and projections for work on the generations, and lets nobody else do such work meanwhile. */
export async function withMaintenance<T>(action: (opened: Maintenance) => Promise<T>): Promise<T> {
  return withLog(async (opened) => {
    const { settings, control } = opened;
    const followHere = settings.log.kind === 'kafka' || readOwner(settings.dataDir) === undefined;
    return withStore(settings, async (store) => {
      await new Generations(store).requireLog(control.log.logId);
      const release = await claim(store, settings.dataDir);
      try {
        const writer = new BatchWriter(store, { skips: control.state.skips });
        return await action({ ...opened, store, writer, followHere });
      } finally {
        await release();
      }
    });
  });
}

async function claim(store: Store, dataDir: string): Promise<() => Promise<void>> {
  if (store.notifies) {
    const lock = await lockMaintenance(store);
    if (lock !== undefined) return lock.release;
    throw new CommandError('another rebuild or verification works on this database: wait for it, or stop it');
  }
  const claimed = claimMaintenance(dataDir);
  if ('release' in claimed) return () => Promise.resolve(claimed.release());
  throw new CommandError(
    `another rebuild or verification works on this Logbook (process ${claimed.heldBy.pid}): wait for it, or stop it`,
  );
}
