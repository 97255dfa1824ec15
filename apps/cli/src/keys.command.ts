import type { ApiKeyState } from '@logbook/core';
import { Command } from 'commander';
import { CommandError } from './command-error.js';
import { isoTime, printJson, printTable } from './output.js';
import { withLog } from './with-log.js';

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
  const keys = await withLog(({ control }) =>
    Promise.resolve(control.state.apiKeys().filter(({ tenant }) => tenant === (options.tenant ?? tenant))),
  );
  if (options.json === true) return printJson(keys.map(documentOf));
  printTable(
    ['ID', 'TENANT', 'NAME', 'ISSUED', 'REVOKED'],
    keys.map((key) => [
      key.apiKeyId,
      key.tenant,
      key.name,
      isoTime(key.issuedAtMs),
      key.revokedAtMs === null ? '-' : isoTime(key.revokedAtMs),
    ]),
  );
}

const documentOf = (key: ApiKeyState): object => ({
  id: key.apiKeyId,
  tenant: key.tenant,
  name: key.name,
  issued_at: isoTime(key.issuedAtMs),
  revoked_at: key.revokedAtMs === null ? null : isoTime(key.revokedAtMs),
});

async function revoke(id: string, options: { json?: boolean }): Promise<void> {
  const outcome = await withLog(({ commands }) => commands.revokeKey(id));
  if (outcome === 'KEY_UNKNOWN') throw new CommandError(`there is no key ${id}: \`logbook keys list\` shows the ids`);
  if (options.json === true) return printJson({ id, outcome });
  process.stdout.write(outcome === 'REVOKED' ? `revoked ${id}\n` : `${id} was revoked before\n`);
}
