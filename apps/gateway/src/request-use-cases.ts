import type { Appender, Log } from '@logbook/core';
import type { DurableAppender } from '@logbook/log';
import type { Metrics } from '@logbook/observability';
import type { ProjectionReader } from '@logbook/store';
import type { UseCases } from './http/index.js';
import { EventRecorder } from './ingest/event-recorder.js';
import { FingerprintLookup } from './ingest/fingerprint-lookup.js';
import { FingerprintRegistration } from './ingest/fingerprint-registration.js';
import type { FactCaches } from './ingest/known-facts.js';
import type { NameQuota } from './ingest/name-quota.js';
import { Registrar } from './ingest/registrar.js';
import { ProjectedAgentVersions } from './reads/agent-versions.js';
import { type EntityReader, ProjectedAgents } from './reads/agents.js';
import { EntityWriter } from './reads/entity-writer.js';
import { ProjectedPeople } from './reads/people.js';
import { type CheckpointWaiter, Visibility } from './reads/visibility.js';

/** What requests are answered with: ports, and what is fixed at the start. */
export interface RequestParts {
  readonly log: Pick<Log, 'append' | 'ends' | 'partitionOf'>;
  readonly appender: Appender;
  readonly spool: Pick<DurableAppender, 'mode'> | null;
  readonly caches: FactCaches;
  readonly reader: EntityReader & Pick<ProjectionReader, 'fingerprint'>;
  readonly checkpoints: CheckpointWaiter;
  /** The quota of new names, where there is one. */
  readonly quota: NameQuota | undefined;
  readonly metrics: Metrics;
  /** The secret of the log. */
  readonly secret: string;
  readonly settings: {
    readonly eventBytesMax: number;
    readonly redactHeaders: readonly string[];
    readonly readWaitMs: number;
  };
}

export type RequestUseCases = Pick<UseCases, 'events' | 'fingerprints' | 'agents' | 'agentVersions' | 'people'>;

/** What the gateway does with requests, on the parts it is given. */
export function requestUseCases(parts: RequestParts): RequestUseCases {
  const { log, appender, spool, caches, reader, quota, metrics, secret, settings } = parts;
  const visibility = new Visibility({ log, checkpoints: parts.checkpoints, waitMs: settings.readWaitMs });
  const writer = new EntityWriter({ log, visibility, away: () => spool?.mode === 'SPOOLING', quota });
  const entities = { reader, visibility, writer, facts: caches.shared };
  const fingerprints = new FingerprintLookup({
    ...caches,
    secret,
    stored: async (tenant, id) => {
      const reading = await reader.fingerprint(tenant, id);
      return reading.state === 'READY' ? reading.value : undefined;
    },
  });
  return {
    events: new EventRecorder({
      appender,
      fingerprints,
      registrar: new Registrar(appender, caches, metrics, quota),
      metrics,
      eventBytesMax: settings.eventBytesMax,
      redactHeaders: settings.redactHeaders,
    }),
    fingerprints: new FingerprintRegistration({ appender, facts: caches, secret }),
    agents: new ProjectedAgents(entities),
    agentVersions: new ProjectedAgentVersions(entities),
    people: new ProjectedPeople(entities),
  };
}
