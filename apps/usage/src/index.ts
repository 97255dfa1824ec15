export { readTotals } from './counting/read-totals.js';
export type { Totals, TotalsSelection } from './counting/read-totals.js';
export { GROUP } from './group.js';
export { replayUsage } from './replay/replay-usage.js';
export type { Replayed, ReplayOptions, ReplayOutcome } from './replay/replay-usage.js';
