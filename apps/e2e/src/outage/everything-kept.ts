import { setTimeout as moment } from 'node:timers/promises';
import { untilCaughtUp } from '../caught-up.js';
import type { System } from '../harness/system.js';
import type { Clients } from './clients.js';
import { type KeptEvents, keptEvents, losses } from './kept-events.js';
import { untilSpoolIs } from './spool-mode.js';

/** A projector's consumers wait for the sessions of their former selves first. */
const PROJECTED_WITHIN_MS = 150_000;
const SUPERVISED_EVERY_MS = 500;
const QUOTED_CHARACTERS = 4_000;

/** Waits until spools are empty and everything is projected, and gives what is kept. */
export async function settledEvents(system: System): Promise<KeptEvents> {
  // A gateway also spools where the machine is so busy that an acknowledgement takes longer than the hold.
  await Promise.all(system.gateways.map((gateway) => untilSpoolIs('DIRECT', gateway)));
  await supervised(system, () => untilCaughtUp(system, PROJECTED_WITHIN_MS));
  return keptEvents(system);
}

/** Ends the traffic, and says what it met but 2xx, and what is wrong with what is kept of it; empty where all is well. */
export async function problemsOf(clients: Clients, system: System): Promise<string[]> {
  await clients.stop();
  const kept = await settledEvents(system);
  const [acknowledged, repeated] = [clients.ids.length + clients.persons.length, repetitions(kept)];
  process.stderr.write(
    `${clients.ids.length} events of our own client, ${clients.persons.length} and ${clients.fingerprints} fingerprints ` +
      `of the Python client; ${repeated} events are in the log more than once\n`,
  );
  const others = kept.rows.size - acknowledged;
  return [...clients.failures, ...losses(kept, clients), ...(others === 0 ? [] : [`${others} rows that nobody sent`])];
}

const repetitions = ({ inLog }: KeptEvents): number => [...inLog.values()].filter((times) => times > 1).length;

/** Starts projectors that end, as whatever supervises them does: one may end when its broker is away for long. */
async function supervised(system: System, work: () => Promise<void>): Promise<void> {
  const working = work();
  const ended = working.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([ended, moment(SUPERVISED_EVERY_MS, false)]))) {
    for (const projector of system.projectors) if (!projector.running) await projector.start();
  }
  await working.catch((error: unknown) => {
    const said = system.projectors.map(
      ({ name, running, output }) =>
        `${name} ${running ? 'runs' : 'has ended'} and said: ${output.slice(-QUOTED_CHARACTERS)}`,
    );
    throw new Error(`${String(error)}\n${said.join('\n')}`, { cause: error });
  });
}
