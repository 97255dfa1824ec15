import type { Metrics } from './metrics.js';

/** Sets what `/health/live` and `/health/ready` say as metrics. */
export function measureChecks(
  metrics: Metrics,
  { live, checks }: { readonly live: boolean; readonly checks: Readonly<Record<string, unknown>> },
): void {
  for (const [check, verdict] of Object.entries({ ...checks, live: { up: live } })) {
    metrics.set('logbook_health_check_up', { check }, (verdict as { readonly up?: unknown }).up === true ? 1 : 0);
  }
}
