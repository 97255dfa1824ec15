/** What a long command says while it works. */
export interface Progress {
  /** How far it is: called as often as one likes. `total` is null where nobody knows it; `note` is shown behind. */
  update(doing: string, done: number, total: number | null, note?: string): void;
  /** Ends the bar, so that what is printed next stands on a line of its own. */
  end(): void;
}

const BAR_WIDTH = 24;
const BAR_EVERY_MS = 200;
const LINE_EVERY_MS = 5_000;
/** The rate is that of about the last seconds, so that what remains follows what is happening now. */
const RATE_WINDOW_MS = 10_000;

interface Sample {
  readonly atMs: number;
  readonly done: number;
}

/** A bar on a terminal, a line now and then anywhere else; on standard error, so that standard output stays the result. */
export function startProgress(
  stream: { readonly isTTY?: boolean; write(text: string): unknown } = process.stderr,
  nowMs: () => number = () => performance.now(),
): Progress {
  const bar = stream.isTTY === true;
  let samples: Sample[] = [];
  let doing = '';
  let saidMs = -Infinity;
  let isOpen = false;
  const end = (): void => {
    if (isOpen) stream.write('\n');
    isOpen = false;
  };
  return {
    end,
    update(what, done, total, note = '') {
      const atMs = nowMs();
      if (what !== doing) {
        end();
        doing = what;
        samples = [];
        saidMs = -Infinity;
      }
      samples.push({ atMs, done });
      while ((samples[1]?.atMs ?? atMs) < atMs - RATE_WINDOW_MS) samples.shift();
      const isDone = total !== null && done >= total;
      if (atMs - saidMs < (bar ? BAR_EVERY_MS : LINE_EVERY_MS) && !isDone) return;
      if (isDone && !isOpen && saidMs > -Infinity && !bar) return;
      saidMs = atMs;
      const text = `${what} ${describe(done, total, rateOf(samples))}${note === '' ? '' : `, ${note}`}`;
      stream.write(bar ? `\r\u001b[K${text}` : `${text}\n`);
      isOpen = bar;
    },
  };
}

function rateOf(samples: readonly Sample[]): number {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
  return ((last.done - first.done) * 1000) / (last.atMs - first.atMs);
}

function describe(done: number, total: number | null, perSecond: number): string {
  const rate = `${Math.round(perSecond)}/s`;
  if (total === null) return `${done} messages, ${rate}`;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const remaining = Math.max(0, total - done);
  const left = perSecond > 0 && remaining > 0 ? `, about ${duration(remaining / perSecond)} left` : '';
  return (
    `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${Math.floor(share * 100)} % ` +
    `${done} of ${total} messages, ${rate}, ${remaining} remaining${left}`
  );
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
