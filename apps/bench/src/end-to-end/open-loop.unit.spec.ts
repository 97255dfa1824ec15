import { setTimeout as pause } from 'node:timers/promises';
import { openLoop } from './open-loop.js';

describe('openLoop', () => {
  it('sends what the rate comes to, never more at a time than there are senders', async () => {
    let atWork = 0;
    let most = 0;
    const sender = async (): Promise<string> => {
      most = Math.max(most, (atWork += 1));
      await pause(5);
      atWork -= 1;
      return 'answer';
    };
    const answers: string[] = [];
    const result = await openLoop({
      requestsPerSecond: 1_000,
      seconds: 0.1,
      senders: [sender, sender],
      onAnswer: (answer) => answers.push(answer),
    });
    expect(result).toMatchObject({ requests: 100, refused: 0 });
    expect(answers).toHaveLength(100);
    expect(most).toBe(2);
  });

  it('counts the wait of a request that was due while the sender was held up', async () => {
    let release: Promise<unknown> = pause(100);
    const { latenciesMs, overdue } = await openLoop({
      requestsPerSecond: 100,
      seconds: 0.05,
      senders: [() => release.then(() => 'answer')],
      onAnswer: () => void (release = Promise.resolve()),
    });
    // A client that waits for answers would have seen one slow request; here the four behind it were due as well.
    expect(latenciesMs).toHaveLength(5);
    expect(latenciesMs.every((latencyMs) => latencyMs >= 45)).toBe(true);
    expect(overdue).toBe(4);
  });

  it('counts refusals, tells the first, and goes on', async () => {
    let turn = 0;
    const result = await openLoop({
      requestsPerSecond: 1_000,
      seconds: 0.01,
      senders: [() => ((turn += 1) % 2 === 0 ? Promise.resolve('answer') : Promise.reject(new Error(`503 ${turn}`)))],
    });
    expect(result).toMatchObject({ requests: 10, refused: 5, firstRefusal: '503 1' });
    expect(result.latenciesMs).toHaveLength(5);
  });
});
