import type { SpoolMode } from '@logbook/core';
import { eventually } from '@logbook/testing';
import type { ServiceProcess } from '../harness/service-process.js';

const TIMEOUT_MS = 120_000;

/** What `/health/ready` of a gateway on Kafka says. */
export interface Readiness {
  readonly status: number;
  readonly checks: {
    readonly log: { readonly up: boolean };
    readonly spool: { readonly up: boolean; readonly mode: SpoolMode; readonly messages: number };
  };
}

export async function readiness(gateway: ServiceProcess): Promise<Readiness> {
  const answer = await fetch(`${gateway.url}/health/ready`);
  return { ...((await answer.json()) as Pick<Readiness, 'checks'>), status: answer.status };
}

/** Resolves once what this gateway accepts goes where the mode says. */
export async function untilSpoolIs(mode: SpoolMode, gateway: ServiceProcess): Promise<void> {
  await eventually(async () => (await readiness(gateway)).checks.spool.mode === mode, {
    timeoutMs: TIMEOUT_MS,
    intervalMs: 200,
    what: `${gateway.name} to be ${mode}`,
  });
}
