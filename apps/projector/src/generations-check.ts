import type { HealthCheck } from '@logbook/observability';
import type { FollowedState } from './followed-generations.js';

/** Down while a generation is halted here. One that only another release can follow is said, and is no fault of this one. */
export function generationsCheck(states: ReadonlyMap<string, FollowedState> | undefined): HealthCheck {
  if (states === undefined) return { up: false, problem: 'the projector is starting' };
  const unwell = [...states.values()].filter((state) => state.state !== 'FOLLOWING');
  const up = unwell.every(({ state }) => state !== 'HALTED');
  return unwell.length === 0 ? { up } : { up, problem: unwell.map(({ problem }) => problem).join('; ') };
}
