import { heldBytes } from './held-memory.js';

const MIB = 1024 * 1024;
/** What else this process does meanwhile. */
const SLACK_BYTES = 48 * MIB;

describe('the memory that is held', () => {
  it('counts what a process has written to', () => {
    const before = heldBytes(process.pid);
    if (process.platform !== 'linux') return expect(before).toBeNaN();
    const written = Buffer.alloc(256 * MIB, 1);
    expect(heldBytes(process.pid) - before).toBeGreaterThan(256 * MIB - SLACK_BYTES);
    expect(written[256 * MIB - 1]).toBe(1);
  });
});
