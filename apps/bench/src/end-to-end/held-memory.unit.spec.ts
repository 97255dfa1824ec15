import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { heldBytes } from './held-memory.js';

const MIB = 1024 * 1024;
const WRITTEN_MIB = 128;
/** What else the process does meanwhile. */
const SLACK_BYTES = 16 * MIB;

/** Writes to so much memory once it is told to, and says so. */
const PROGRAM = `
  process.stdin.once('data', () => {
    globalThis.written = Buffer.alloc(${WRITTEN_MIB} * ${MIB}, 1);
    process.stdout.write('written');
  });
  process.stdout.write('ready');
`;

describe('the memory that is held', () => {
  it('counts what a process has written to', async () => {
    // Not this one, whose collector of garbage gives back what it likes.
    const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      const before = heldBytes(child.pid ?? 0);
      if (process.platform !== 'linux') return expect(before).toBeNaN();
      child.stdin.write('go');
      await once(child.stdout, 'data');
      const grown = heldBytes(child.pid ?? 0) - before;
      expect(grown).toBeGreaterThan(WRITTEN_MIB * MIB - SLACK_BYTES);
      expect(grown).toBeLessThan(WRITTEN_MIB * MIB + SLACK_BYTES);
    } finally {
      child.kill();
    }
  });
});
