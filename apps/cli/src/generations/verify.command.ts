import { type Verification, verifyGeneration } from '@logbook/projector';
import { Generations, type GenerationName } from '@logbook/store';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { endInterrupted, interrupted } from '../interrupted.js';
import { printJson } from '../output.js';
import { type Progress, startProgress } from '../progress/progress.js';
import { parseGeneration } from './names.js';
import { EXIT_DIFFERENT, printVerification, verificationDocument } from './verification.js';
import { type Maintenance, withMaintenance } from './with-maintenance.js';

export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'records a generation and its checkpoints in one snapshot, replays the log to exactly there, and compares;\n' +
        'exits with 2 where they differ. Needs room for a second set of tables meanwhile.',
    )
    .option('--generation <name>', 'which one; default the one readers use', parseGeneration)
    .option('--json', 'print JSON')
    .action(verify);
}

interface VerifyCommandOptions {
  readonly generation?: GenerationName;
  readonly json?: boolean;
}

async function verify(options: VerifyCommandOptions): Promise<void> {
  const signal = interrupted();
  const progress = startProgress();
  try {
    const verification = await withMaintenance((opened) => verifyOne(opened, { options, signal, progress }));
    progress.end();
    if (options.json === true) printJson(verificationDocument(verification));
    else printVerification(verification);
    if (!verification.same) process.exitCode = EXIT_DIFFERENT;
  } catch (error) {
    progress.end();
    endInterrupted(signal, error, 'interrupted; what the verification had replayed is dropped');
  }
}

async function verifyOne(
  { log, control, store, writer }: Maintenance,
  { options, signal, progress }: { options: VerifyCommandOptions; signal: AbortSignal; progress: Progress },
): Promise<Verification> {
  const known = await new Generations(store).list();
  const { generation: name } = options;
  const generation = known.find((each) => (name === undefined ? each.pointedTo : each.name === name));
  if (generation === undefined) {
    throw new CommandError(`there is no ${name ?? 'generation yet'}: \`logbook generations list\` shows what there is`);
  }
  if (generation.state === 'DROPPED') throw new CommandError(`${generation.name} was dropped`);
  const verification = await verifyGeneration(generation, {
    log,
    logId: control.log.logId,
    store,
    writer,
    signal,
    onProgress: ({ done, total }) => progress.update(`replaying for ${generation.name}`, done, total),
  });
  if (verification.same) await new Generations(store).markVerified(generation.name);
  return verification;
}
