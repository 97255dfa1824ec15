import type { TenantOutcome } from '@logbook/log';
import { Command } from 'commander';
import { CommandError } from './command-error.js';
import { isoTime, printJson, printTable } from './output.js';
import { withLog } from './with-log.js';

export function tenantsCommand(): Command {
  const tenants = new Command('tenants').description('creates, lists, disables and enables tenants');
  tenants.command('list').description('lists tenants').option('--json', 'print JSON').action(list);
  tenants
    .command('create')
    .description('creates a tenant; one that exists stays as it is')
    .argument('<name>', '1 to 63 characters of a-z, 0-9 and -')
    .action(async (name: string) =>
      report(name, await withLog(({ commands }) => commands.createTenant(name)), 'created'),
    );
  tenants
    .command('disable')
    .description('refuses every key of a tenant (403) until it is enabled again; its data stays')
    .argument('<name>')
    .action(async (name: string) =>
      report(name, await withLog(({ commands }) => commands.setTenantEnabled(name, { enabled: false })), 'disabled'),
    );
  tenants
    .command('enable')
    .description('takes the keys of a disabled tenant again')
    .argument('<name>')
    .action(async (name: string) =>
      report(name, await withLog(({ commands }) => commands.setTenantEnabled(name, { enabled: true })), 'enabled'),
    );
  return tenants;
}

async function list(options: { json?: boolean }): Promise<void> {
  const tenants = await withLog(({ control }) => Promise.resolve(control.state.tenants()));
  if (options.json === true) {
    return printJson(
      tenants.map(({ tenant, enabled, createdAtMs }) => ({ tenant, enabled, created_at: isoTime(createdAtMs) })),
    );
  }
  printTable(
    ['TENANT', 'STATE', 'CREATED'],
    tenants.map(({ tenant, enabled, createdAtMs }) => [tenant, enabled ? 'enabled' : 'disabled', isoTime(createdAtMs)]),
  );
}

function report(name: string, outcome: TenantOutcome, done: string): void {
  switch (outcome) {
    case 'DONE':
      process.stdout.write(`${done} ${name}\n`);
      return;
    case 'NO_CHANGE':
      process.stdout.write(`${name} was ${done} before\n`);
      return;
    case 'NAME_INVALID':
      throw new CommandError(`${JSON.stringify(name)} cannot name a tenant: use 1 to 63 characters of a-z, 0-9 and -`);
    case 'TENANT_UNKNOWN':
      throw new CommandError(`there is no tenant ${name}: \`logbook tenants list\` shows them`);
  }
}
