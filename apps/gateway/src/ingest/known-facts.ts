import type { AppendOutcome, Fact, FactCache } from '@logbook/core';

/** The caches of a gateway: its own, and the one shared with others with its own in front. */
export interface FactCaches {
  readonly near: FactCache;
  readonly shared: FactCache;
}

/**
 * Remembers what was registered. In the spool it is a fact for this process alone, whose events come behind it: other
 * gateways may reach the log before the spool does.
 */
export function rememberRegistered(
  { near, shared }: FactCaches,
  { outcome }: AppendOutcome,
  facts: readonly Fact[],
): Promise<void> {
  return (outcome === 'SPOOLED' ? near : shared).remember(facts);
}
