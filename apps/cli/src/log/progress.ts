import type { CopyProgress } from '@logbook/log';

const BAR_CELLS = 30;
const REDRAW_MS = 200;
const LINE_MS = 5_000;
const MIB = 1024 * 1024;

/** Shows on standard error how far a copy is: a bar on a terminal, else a line every five seconds. */
export class ProgressDisplay {
  private readonly startedMs = Date.now();
  private shownMs = Date.now();
  private isDrawn = false;

  constructor(private readonly terminal = process.stderr) {}

  show(progress: CopyProgress): void {
    const nowMs = Date.now();
    if (nowMs - this.shownMs < (this.terminal.isTTY ? REDRAW_MS : LINE_MS)) return;
    this.shownMs = nowMs;
    const text = describeProgress(progress, nowMs - this.startedMs);
    if (this.terminal.isTTY) {
      this.terminal.write(`\r\u001b[K${bar(progress)} ${text}`);
      this.isDrawn = true;
    } else this.terminal.write(`${text}\n`);
  }

  end(): void {
    if (this.isDrawn) this.terminal.write('\r\u001b[K');
  }
}

export function describeProgress({ messages, bytes, remaining }: CopyProgress, elapsedMs: number): string {
  const perSecond = elapsedMs > 0 ? (messages * 1_000) / elapsedMs : 0;
  const parts = [`${messages} messages`, `${(bytes / MIB).toFixed(1)} MiB`, `${Math.round(perSecond)}/s`];
  if (remaining !== null) {
    parts.push(`${remaining} to go`);
    if (perSecond > 0) parts.push(`about ${Math.ceil(remaining / perSecond)} s`);
  }
  return parts.join(', ');
}

function bar({ messages, remaining }: CopyProgress): string {
  const part = remaining === null || messages + remaining === 0 ? 0 : messages / (messages + remaining);
  const filled = Math.round(part * BAR_CELLS);
  return `[${'#'.repeat(filled)}${' '.repeat(BAR_CELLS - filled)}]`;
}
