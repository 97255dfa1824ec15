import { readSettings } from '@logbook/config';
import { HEADERS } from '@logbook/contracts';
import { readSpools, type SpoolStatus } from '@logbook/log';
import { Command } from 'commander';
import { isoTime, printJson, printTable } from '../output.js';

export function spoolCommand(): Command {
  const spool = new Command('spool').description('what gateways keep on their disk while Kafka is away');
  spool
    .command('status')
    .description('lists the spools of this data directory: whose they are, what waits, what the log has refused')
    .option('--json', 'print JSON')
    .action(status);
  return spool;
}

async function status(options: { json?: boolean }): Promise<void> {
  const spools = await readSpools(readSettings('cli').spool.dir);
  if (options.json === true) return printJson(spools.map(documentOf));
  printTable(
    ['SPOOL', 'OWNER', 'MESSAGES', 'BYTES', 'OLDEST', 'PARKED'],
    spools.map((spool) => [
      spool.name,
      ownerOf(spool),
      String(spool.messages),
      String(spool.bytes),
      spool.oldestAtMs === null ? '-' : isoTime(spool.oldestAtMs),
      String(spool.parkedMessages),
    ]),
  );
  for (const { name, parked } of spools) {
    for (const { topic, message, reason } of parked) {
      process.stdout.write(`${name} parked ${topic} ${message.headers[HEADERS.id] ?? '-'}: ${reason}\n`);
    }
  }
}

/** A spool without a process is taken over by the next gateway that starts on this data directory. */
function ownerOf({ owner }: SpoolStatus): string {
  if (owner === null) return 'nobody';
  return owner.pid === null ? 'a process' : `process ${owner.pid}`;
}

const documentOf = (spool: SpoolStatus): object => ({
  name: spool.name,
  directory: spool.dir,
  running: spool.owner !== null,
  pid: spool.owner?.pid ?? null,
  log_id: spool.logId,
  messages: spool.messages,
  bytes: spool.bytes,
  oldest_at: spool.oldestAtMs === null ? null : isoTime(spool.oldestAtMs),
  parked_messages: spool.parkedMessages,
  parked_bytes: spool.parkedBytes,
  parked: spool.parked.map(({ topic, message, spooledAtMs, reason }) => ({
    topic,
    id: message.headers[HEADERS.id] ?? null,
    spooled_at: isoTime(spooledAtMs),
    reason,
  })),
});
