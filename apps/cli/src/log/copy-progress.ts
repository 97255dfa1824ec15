import type { CopyProgress } from '@logbook/log';
import { type Progress, startProgress } from '../progress/progress.js';

const MIB = 1024 * 1024;

/** What shows how far a copy or an archive is. */
export function startCopyProgress(doing: string): { show(progress: CopyProgress): void } & Pick<Progress, 'end'> {
  const progress = startProgress();
  return {
    show: ({ messages, bytes, remaining }) =>
      progress.update(
        doing,
        messages,
        remaining === null ? null : messages + remaining,
        `${(bytes / MIB).toFixed(1)} MiB`,
      ),
    end: () => progress.end(),
  };
}
