import { FOLDED_TOPICS, type FoldedTopic } from '@logbook/contracts';
import type { FactCache, Log, SpoolMode } from '@logbook/core';
import { answersSoon, soon, type SpoolFigures } from '@logbook/log';
import type { CheckpointsRead, NextOffsets, NotReady, Store } from '@logbook/store';
import { Health, type HealthReport } from '../http/use-cases.js';

/** What health asks of the spool. */
export interface SpoolHealth {
  readonly mode: SpoolMode;
  figures(): SpoolFigures;
  spoolAccepts(): Promise<boolean>;
}

export interface GatewayHealthOptions {
  readonly log: Log;
  /** `null` where the log is embedded. */
  readonly spool: SpoolHealth | null;
  readonly store: Store;
  readonly facts: FactCache;
  readonly checkpoints: () => Promise<CheckpointsRead | NotReady>;
  /** Whether this process still follows who may come in. */
  readonly following: () => boolean;
  /** What runs in this process beside the gateway, e.g. the projector of the standalone server. */
  readonly companions: () => Readonly<Record<string, { readonly up: boolean; readonly problem?: string }>>;
}

/** Health checks answer from what was seen this recently, so that probes cost the servers behind nothing. */
const FRESH_MS = 1_000;

/**
 * `ready` is about intake: it fails only when POST /events would be refused, because a balancer that takes a gateway
 * out for a missing Postgres would turn an outage of reads into lost telemetry. The answer names what is missing.
 */
export class GatewayHealth extends Health {
  private latest: { readonly atMs: number; readonly report: Promise<HealthReport> } | undefined;

  constructor(private readonly options: GatewayHealthOptions) {
    super();
  }

  override live(): Promise<HealthReport> {
    const companions = this.options.companions();
    const following = this.options.following();
    const ok = following && Object.values(companions).every(({ up }) => up);
    return Promise.resolve({ ok, checks: { control: { up: following }, ...companions } });
  }

  override ready(): Promise<HealthReport> {
    const now = performance.now();
    if (this.latest === undefined || now - this.latest.atMs > FRESH_MS) {
      this.latest = { atMs: now, report: this.check() };
    }
    return this.latest.report;
  }

  private async check(): Promise<HealthReport> {
    const { log, store, facts, companions } = this.options;
    const [logUp, storeUp, cacheUp] = await Promise.all([
      answersSoon(log.ping()),
      answersSoon(store.ping()),
      soon(facts.healthy()).catch(() => false),
    ]);
    const projections = storeUp && logUp ? await this.projections() : { up: false };
    const spool = await this.spool({ logUp });
    return {
      ok: spool.takesEvents,
      checks: {
        log: { up: logUp },
        ...spool.checks,
        store: { up: storeUp },
        cache: { up: cacheUp },
        projections,
        ...companions(),
      },
    };
  }

  /** While the spool holds something, events go there whatever the log answers. */
  private async spool({ logUp }: { readonly logUp: boolean }): Promise<{ takesEvents: boolean; checks: object }> {
    const { spool } = this.options;
    if (spool === null) return { takesEvents: logUp, checks: {} };
    const { messages, bytes, parkedMessages } = spool.figures();
    const accepts = await spool.spoolAccepts();
    return {
      takesEvents: (logUp && spool.mode === 'DIRECT') || accepts,
      checks: { spool: { up: accepts, mode: spool.mode, messages, bytes, parkedMessages } },
    };
  }

  /** Whether reads are answered, and how many messages they are behind. */
  private async projections(): Promise<object> {
    try {
      const checkpoints = await soon(this.options.checkpoints());
      if (checkpoints.state === 'NOT_READY') return { up: false, problem: checkpoints.reason };
      const lag = await Promise.all(
        FOLDED_TOPICS.map(async (topic) => [topic, await this.lag(topic, checkpoints.next[topic])]),
      );
      return {
        up: checkpoints.state === 'READY',
        generation: checkpoints.generation,
        lagMessages: Object.fromEntries(lag) as Record<string, number>,
      };
    } catch {
      return { up: false };
    }
  }

  private async lag(topic: FoldedTopic, next: NextOffsets[FoldedTopic]): Promise<number> {
    const ends = await soon(this.options.log.ends(topic));
    return ends.reduce((sum, end, partition) => sum + Math.max(0, end - (next.get(partition) ?? 0)), 0);
  }
}
