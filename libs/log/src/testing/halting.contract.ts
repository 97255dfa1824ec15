import { messageSha256, offset, type Position, type StoredMessage } from '@logbook/contracts';
import { ConsumptionHaltedError, type HaltReason, type StartPosition } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { message, type LogUnderTest } from '../log.contract.js';
import { CONTRACT_TIMEOUT_MS } from './contract-settings.js';
import { RecordingConsumer } from './recording-consumer.js';

export function describeHalting(current: () => LogUnderTest): void {
  /** Consumes a log of ten messages from `start` and tells why it halted. */
  async function haltOf(
    start: (stored: StoredMessage) => StartPosition,
  ): Promise<{ reason: HaltReason; consumer: RecordingConsumer }> {
    const { log } = current();
    const positions = await log.append(
      'control',
      Array.from({ length: 10 }, (_, index) => message('a', `${index}`)),
    );
    const sixth = (await log.read(positions[5] as Position)) as StoredMessage;
    const consumer = new RecordingConsumer(new Map([['control[0]', start(sixth)]]));
    const consumption = await log.consume({ topics: ['control'], group: 'projector', consumer });
    const halted = await consumption.ended.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(halted).toBeInstanceOf(ConsumptionHaltedError);
    await consumption.stop();
    return { reason: (halted as ConsumptionHaltedError).reason, consumer };
  }

  it(
    'refuses a checkpoint past the end instead of starting elsewhere',
    async () => {
      const { reason, consumer } = await haltOf(() => ({ next: offset(5_000) }));
      expect(reason).toBe('CHECKPOINT_NOT_IN_LOG');
      expect(consumer.messages).toHaveLength(0);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'refuses a checkpoint whose last message the log does not hold',
    async () => {
      const { reason } = await haltOf((sixth) => ({
        next: offset(10),
        last: { offset: offset(12), sha256: messageSha256(sixth) },
      }));
      expect(reason).toBe('CHECKPOINT_NOT_IN_LOG');
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'refuses a last message that is not what was consumed, also when no message follows',
    async () => {
      const { reason, consumer } = await haltOf((sixth) => ({
        next: offset(10),
        last: { offset: offset(9), sha256: messageSha256(sixth) },
      }));
      expect(reason).toBe('LAST_MESSAGE_DIFFERS');
      expect(consumer.messages).toHaveLength(0);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'starts behind a last message that is what was consumed',
    async () => {
      const { log } = current();
      const positions = await log.append(
        'control',
        Array.from({ length: 10 }, (_, index) => message('a', `${index}`)),
      );
      const sixth = (await log.read(positions[5] as Position)) as StoredMessage;
      const consumer = new RecordingConsumer(
        new Map([['control[0]', { next: offset(6), last: { offset: offset(5), sha256: messageSha256(sixth) } }]]),
      );
      const consumption = await log.consume({ topics: ['control'], group: 'projector', consumer });
      await eventually(() => consumer.messages.length === 4, { what: 'the rest is consumed' });
      expect(consumer.values()).toEqual(['6', '7', '8', '9']);
      await consumption.stop();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'halts when the consumer fails, keeping its error as the cause and the position where it was',
    async () => {
      const { log } = current();
      await log.append('control', [message('a', '0')]);
      const consumer = new RecordingConsumer();
      const bug = new TypeError('undefined is not a function');
      consumer.before = () => Promise.reject(bug);
      const consumption = await log.consume({ topics: ['control'], consumer });
      await expect(consumption.ended).rejects.toMatchObject({ reason: 'CONSUMER_FAILED', cause: bug });
      await consumption.stop();
      expect(consumer.messages).toHaveLength(0);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'halts when the consumer cannot say where to start',
    async () => {
      const consumer = new RecordingConsumer();
      consumer.assigned = () => Promise.reject(new TypeError('no such table'));
      const consumption = await current().log.consume({ topics: ['control'], consumer });
      await expect(consumption.ended).rejects.toMatchObject({ reason: 'CONSUMER_FAILED' });
      await consumption.stop();
    },
    CONTRACT_TIMEOUT_MS,
  );
}
