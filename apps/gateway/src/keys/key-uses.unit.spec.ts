import { apiKeyId } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import type { KeyUses } from '@logbook/store';
import { KeyUseRecorder } from './key-uses.js';

const NEVER_MS = 2 ** 31 - 1;
const [one, two] = [apiKeyId('1'.repeat(16)), apiKeyId('2'.repeat(16))];

function recorderOver(outcomes: (() => Promise<'RECORDED' | 'NO_TABLE'>)[] = []) {
  const told: string[][] = [];
  const errors: unknown[] = [];
  const record = async (uses: KeyUses) => {
    told.push([...uses.keys()]);
    return (await outcomes.shift()?.()) ?? 'RECORDED';
  };
  return { told, errors, recorder: new KeyUseRecorder(record, (error) => errors.push(error), NEVER_MS) };
}

describe('KeyUseRecorder', () => {
  it('tells each key once, however often it was used, and nothing when none was', async () => {
    const { told, recorder } = recorderOver();
    await recorder.flush();
    for (let used = 0; used < 3; used += 1) recorder.used(one);
    recorder.used(two);
    await recorder.flush();
    await recorder.close();
    expect(told).toEqual([[one, two]]);
  });

  it('tells at its end what it has not told yet', async () => {
    const { told, recorder } = recorderOver();
    recorder.used(one);
    await recorder.close();
    expect(told).toEqual([[one]]);
  });

  it('tells again what an outage, or a table that is not there yet, has kept it from telling', async () => {
    const { told, errors, recorder } = recorderOver([
      () => Promise.reject(new DependencyUnavailableError('away')),
      () => Promise.resolve('NO_TABLE'),
    ]);
    recorder.used(one);
    await recorder.flush();
    recorder.used(two);
    await recorder.flush();
    await recorder.close();
    expect(told).toEqual([[one], [one, two], [one, two]]);
    expect(errors).toEqual([]);
  });

  it('says what is no outage, and goes on', async () => {
    const bug = new Error('a bug');
    const { told, errors, recorder } = recorderOver([() => Promise.reject(bug)]);
    recorder.used(one);
    await recorder.close();
    expect([errors, told]).toEqual([[bug], [[one]]]);
  });
});
