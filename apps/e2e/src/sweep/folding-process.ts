import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '@logbook/testing';
import { builtProgram } from '../harness/repository.js';

const SAID_TIMEOUT_MS = 60_000;

/** A projector that folds on command, so that a test may kill it within its work. Ends with this process. */
export class FoldingProcess {
  private said = '';
  private readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    const keep = (text: string): void => void (this.said += text);
    child.stdout!.setEncoding('utf8').on('data', keep);
    child.stderr!.setEncoding('utf8').on('data', keep);
    // Killed, it does not read what was written for it.
    child.stdin!.on('error', () => undefined);
    this.ended = once(child, 'close');
  }

  /** Begins to load; `fold` may be called at once. */
  static launch(environment: Readonly<Record<string, string>>): FoldingProcess {
    const program = builtProgram('projector', 'testing/fold-on-command.js');
    return new FoldingProcess(
      spawn(process.execPath, [program], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] }),
    );
  }

  /** Resolves once it follows the log. */
  async fold(): Promise<void> {
    await this.hasSaid('loaded');
    this.child.stdin!.write('fold\n');
    await this.hasSaid('folding');
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  /** SIGKILL, frozen or not. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Lets it finish the batches under way. */
  async end(): Promise<void> {
    this.child.stdin!.end();
    await this.ended;
    if (this.child.exitCode !== 0) throw new Error(`the projector ended with ${this.child.exitCode}: ${this.said}`);
  }

  private async hasSaid(word: string): Promise<void> {
    await eventually(
      () => {
        if (this.child.exitCode !== null || this.child.signalCode !== null) return true;
        return this.said.includes(`${word}\n`);
      },
      { timeoutMs: SAID_TIMEOUT_MS, intervalMs: 2, what: `the projector to say that it is ${word}` },
    );
    if (!this.said.includes(`${word}\n`)) throw new Error(`the projector ended before it was ${word}: ${this.said}`);
  }
}
