import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { KAFKA_VERSION } from '@logbook/testing';

/** Where and on what a number was measured: without it a number says nothing. */
export interface Origin {
  readonly date: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
}

export function originOf(date: Date, packages: readonly string[]): Origin {
  return {
    date: date.toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${platform()} ${release()}`,
      // Of the minute before the end: much more than the benchmark itself needs says that others were at work.
      loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    },
    versions: { node: process.version, kafka: KAFKA_VERSION, ...packageVersions(packages) },
  };
}

/** From the files, because not every package exports its `package.json`. */
function packageVersions(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
      return [name, (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version];
    }),
  );
}

/** One line for people. */
export const originLine = ({ date, machine, versions }: Origin): string =>
  `${date}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, load ${machine.loadAverage}, ${machine.system}, Node ${versions.node}`;
