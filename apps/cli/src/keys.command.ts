import type { Settings } from '@logbook/config';
import type { LogId } from '@logbook/contracts';
import { type ApiKeyState, DependencyUnavailableError } from '@logbook/core';
import { type KeyUses, readKeyUses } from '@logbook/store';
import { Command } from 'commander';
import { CommandError } from './command-error.js';
import { isoTime, printJson, printTable } from './output.js';
import { withLog, withStore } from './with-log.js';

export function keysCommand(): Command {
  const keys = new Command('keys').description('issues, lists and revokes API keys');
  keys
    .command('issue')
    .description('issues a new random key and prints it once; only its hash is kept')
    .option('--tenant <name>', 'whose key it is', 'default')
    .option('--name <text>', 'what you call it', 'unnamed')
    .option('--json', 'print JSON')
    .action(issue);
  keys
    .command('list')
    .description('lists keys: ids, never the keys themselves')
    .option('--tenant <name>', 'only keys of this tenant')
    .option('--json', 'print JSON')
    .action(list);
  keys
    .command('revoke')
    .description('revokes a key for ever; every gateway refuses it within seconds')
    .argument('<id>', 'the id that `keys list` shows')
    .option('--json', 'print JSON')
    .action(revoke);
  return keys;
}

async function issue(options: { tenant: string; name: string; json?: boolean }): Promise<void> {
  const issued = await withLog(({ commands }) => commands.issueKey(options));
  if (issued.outcome === 'TENANT_UNKNOWN') {
    throw new CommandError(
      `there is no tenant ${options.tenant}: make it with \`logbook tenants create ${options.tenant}\``,
    );
  }
  if (issued.outcome === 'KNOWN') throw new CommandError('a random key came out as one that exists; try again');
  if (options.json === true)
    return printJson({ id: issued.apiKeyId, tenant: options.tenant, name: options.name, key: issued.key });
  process.stdout.write(`${issued.key}\n`);
  process.stderr.write(`issued ${issued.apiKeyId} for tenant ${options.tenant}; the key is shown this once\n`);
}

async function list(options: { tenant?: string; json?: boolean }): Promise<void> {
  const { keys, uses } = await withLog(async ({ control, settings }) => ({
    keys: control.state.apiKeys().filter(({ tenant }) => tenant === (options.tenant ?? tenant)),
    uses: await usesOf(settings, control.log.logId),
  }));
  const lastUsed = ({ apiKeyId }: ApiKeyState): string | null => timeOrNull(uses.get(apiKeyId));
  if (options.json === true) return printJson(keys.map((key) => ({ ...documentOf(key), last_used_at: lastUsed(key) })));
  printTable(
    ['ID', 'TENANT', 'NAME', 'ISSUED', 'LAST USED', 'REVOKED'],
    keys.map((key) => [
      key.apiKeyId,
      key.tenant,
      key.name,
      isoTime(key.issuedAtMs),
      lastUsed(key) ?? '-',
      timeOrNull(key.revokedAtMs) ?? '-',
    ]),
  );
}

/** Keys are listed without Postgres too, but then nobody knows when they were used. */
async function usesOf(settings: Settings, logId: LogId): Promise<KeyUses> {
  try {
    return await withStore(settings, (store) => readKeyUses(store, logId));
  } catch (error) {
    if (!(error instanceof DependencyUnavailableError || error instanceof CommandError)) throw error;
    process.stderr.write(`when keys were used last is not known now: ${error.message}\n`);
    return new Map();
  }
}

const timeOrNull = (ms: number | null | undefined): string | null => (typeof ms === 'number' ? isoTime(ms) : null);

const documentOf = (key: ApiKeyState): object => ({
  id: key.apiKeyId,
  tenant: key.tenant,
  name: key.name,
  issued_at: isoTime(key.issuedAtMs),
  revoked_at: timeOrNull(key.revokedAtMs),
});

async function revoke(id: string, options: { json?: boolean }): Promise<void> {
  const outcome = await withLog(({ commands }) => commands.revokeKey(id));
  if (outcome === 'KEY_UNKNOWN') throw new CommandError(`there is no key ${id}: \`logbook keys list\` shows the ids`);
  if (options.json === true) return printJson({ id, outcome });
  process.stdout.write(outcome === 'REVOKED' ? `revoked ${id}\n` : `${id} was revoked before\n`);
}
