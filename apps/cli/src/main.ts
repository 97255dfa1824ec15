import 'reflect-metadata';
import { explain } from '@logbook/config';
import { CommandError } from './command-error.js';
import { buildProgram } from './program.js';

/** The exit code of a command that was understood and refused, or could not be carried out. */
const EXIT_FAILED = 1;

// Whoever reads has seen enough: `logbook status --watch | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await buildProgram().parseAsync();
} catch (error) {
  process.stderr.write(`logbook: ${error instanceof CommandError ? error.message : explain(error)}\n`);
  process.exitCode = EXIT_FAILED;
}
