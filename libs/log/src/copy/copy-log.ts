import type { CopySource } from './copy-source.js';
import type { CopyTarget } from './copy-target.js';

export interface CopyProgress {
  /** Messages copied by this run. */
  readonly messages: number;
  /** Bytes of their values. */
  readonly bytes: number;
  /** Messages still to come, as of the ends last seen; `null` where the source cannot tell. */
  readonly remaining: number | null;
}

export interface CopyOptions {
  readonly source: CopySource;
  readonly target: CopyTarget;
  readonly onProgress?: (progress: CopyProgress) => void;
}

/**
 * Copies everything up to the ends it sees, and again until nothing is left; what the source gets later, a later run
 * copies. Holds a few batches at most. Rejected or killed, it goes on where it was when it is run again.
 */
export async function copyLog({ source, target, onProgress }: CopyOptions): Promise<CopyProgress> {
  let messages = 0;
  let bytes = 0;
  for (;;) {
    const before = messages;
    const total = await source.remaining(target.copied);
    for await (const batch of source.read(target.copied, target.first)) {
      await target.write(batch);
      messages += batch.messages.length;
      for (const { value } of batch.messages) bytes += value?.length ?? 0;
      onProgress?.({ messages, bytes, remaining: total === null ? null : Math.max(0, total - (messages - before)) });
    }
    if (messages === before || !source.grows) break;
  }
  await target.finish();
  return { messages, bytes, remaining: 0 };
}
