import { startEmbedded } from './harness/embedded-system.js';
import { startScale } from './harness/scale-system.js';
import type { DriverSet, System } from './harness/system.js';

const START: Readonly<Record<DriverSet, () => Promise<System>>> = {
  embedded: () => startEmbedded(),
  scale: () => startScale({ gateways: 2, projectors: 1 }),
};
const START_TIMEOUT_MS = 150_000;
const STOP_TIMEOUT_MS = 90_000;

/**
 * Runs a suite over both sets of running services, each started once for the whole suite: tests keep apart by unique
 * names, and must not stop the services. A service that ends by itself meanwhile fails the suite.
 */
export function describeOnEveryDriverSet(name: string, suite: (system: () => System) => void): void {
  describe.each(Object.keys(START) as DriverSet[])(`${name}, on the %s drivers`, (drivers) => {
    let system: System | undefined;

    beforeAll(async () => {
      system = await START[drivers]();
    }, START_TIMEOUT_MS);

    afterAll(async () => {
      if (system === undefined) return;
      const { gateways, projectors } = system;
      const gone = [...gateways, ...projectors].filter(({ running }) => !running);
      await system.stop();
      if (gone.length > 0)
        throw new Error(gone.map((process) => `${process.name} ended by itself:\n${process.output}`).join('\n'));
    }, STOP_TIMEOUT_MS);

    suite(() => {
      if (system === undefined) throw new Error(`the ${drivers} services did not start`);
      return system;
    });
  });
}
