/**
 * How long to wait, in milliseconds, before the log is asked for more by one who gathers and last asked at `askedAtMs`: half to one
 * and a half times `gatherMs` from then, at moments that all who gather have in common, so that what they get can be worked on
 * together. At most 0 where that moment is past.
 */
export function gatheringWaitMs(gatherMs: number, askedAtMs: number, nowMs: number): number {
  if (gatherMs <= 0) return 0;
  return Math.ceil(askedAtMs / gatherMs + 0.5) * gatherMs - nowMs;
}
