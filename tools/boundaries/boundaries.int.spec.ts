import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

describe('the import rules', () => {
  it('refuse every illegal line of the fixture, and no legal one', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'check.mjs')], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^boundaries: [1-9]\d* illegal lines, 0 problems$/m);
    expect(status).toBe(0);
  }, 150_000);
});
