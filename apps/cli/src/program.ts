import { Command } from 'commander';
import { changesCommand } from './changes/changes.command.js';
import { generationsCommand } from './generations/generations.command.js';
import { rebuildCommand } from './generations/rebuild.command.js';
import { rollbackCommand, swapCommand } from './generations/swap.command.js';
import { verifyCommand } from './generations/verify.command.js';
import { deadLettersCommand } from './dead-letters/dead-letters.command.js';
import { keysCommand } from './keys.command.js';
import { logCommand } from './log/log.command.js';
import { sessionsCommand } from './sessions.command.js';
import { statusCommand } from './status/status.command.js';
import { spoolCommand } from './spool/spool.command.js';
import { tailCommand } from './tail/tail.command.js';
import { tenantsCommand } from './tenants.command.js';
import { replayCommand } from './usage/replay.command.js';
import { usageCommand } from './usage/usage.command.js';

/** The `logbook` command. Settings come from the environment, as for the services. */
export function buildProgram(): Command {
  return new Command('logbook')
    .description(
      'Operates a Logbook: keys, tenants, and where the log and its projections stand.\n' +
        'Works on the log and projections the environment names (KAFKA_BROKERS, DATABASE_URL, LOGBOOK_DATA_DIR …), ' +
        'beside running servers.',
    )
    .showHelpAfterError('(--help shows what there is)')
    .addCommand(keysCommand())
    .addCommand(tenantsCommand())
    .addCommand(statusCommand())
    .addCommand(sessionsCommand())
    .addCommand(tailCommand())
    .addCommand(rebuildCommand())
    .addCommand(verifyCommand())
    .addCommand(generationsCommand())
    .addCommand(swapCommand())
    .addCommand(rollbackCommand())
    .addCommand(logCommand())
    .addCommand(deadLettersCommand())
    .addCommand(spoolCommand())
    .addCommand(usageCommand())
    .addCommand(replayCommand())
    .addCommand(changesCommand());
}
