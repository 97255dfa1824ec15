#!/usr/bin/env node
import { startServices, type Services } from '../services/start-services.js';
import { HELP, readStackOptions, servicesOptions, type StackOptions } from './options.js';

/**
 * `npm run stack`. Modes: starting -> running -> stopping -> ended.
 * A signal while starting ends at once (130), while running stops the services (0), while stopping ends at once (130).
 * Ending at once kills the servers that were started. A failure to start is one message and exit code 1.
 */
const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

let services: Services | undefined;
let stopping = false;

function endOnSignal(signal: NodeJS.Signals): void {
  if (services === undefined || stopping) process.exit(130);
  stop(signal, services);
}

function stop(reason: string, running: Services): void {
  stopping = true;
  say(`${reason}: stopping`);
  running.stop().then(
    () => process.exit(0),
    (error: unknown) => fail(error),
  );
}

function fail(error: unknown): never {
  say(`stack: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function run(options: StackOptions): Promise<void> {
  if (options.untilStdinEnds) {
    process.stdin.resume();
    process.stdin.once('end', () => endOnSignal('SIGTERM'));
    process.stdin.once('error', () => endOnSignal('SIGTERM'));
  }
  say('starting on 127.0.0.1 …');
  const running = await startServices(await servicesOptions(options, say));
  services = running;
  process.stdout.write(options.json ? jsonLine(running) : exportLines(running));
  say('ready; Ctrl-C stops everything');
}

function environment({ kafka, postgres, redis }: Services): Record<string, string | undefined> {
  return { KAFKA_BROKERS: kafka?.brokers, DATABASE_URL: postgres?.url, REDIS_URL: redis?.url };
}

function exportLines(running: Services): string {
  return Object.entries(environment(running))
    .map(([name, value]) => (value === undefined ? '' : `export ${name}=${value}\n`))
    .join('');
}

/** Process ids are for fault injection by whoever started this program. */
function jsonLine(running: Services): string {
  const { kafka, postgres, redis } = running;
  const pids = { kafka: kafka?.pid, postgres: postgres?.pid, redis: redis?.pid };
  return `${JSON.stringify({ ...environment(running), pids })}\n`;
}

process.on('SIGINT', endOnSignal);
process.on('SIGTERM', endOnSignal);
process.on('SIGHUP', endOnSignal);
try {
  const options = readStackOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else await run(options);
} catch (error) {
  fail(error);
}
