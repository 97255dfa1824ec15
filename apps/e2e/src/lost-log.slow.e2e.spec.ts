import { topicName } from '@logbook/contracts';
import { eventually } from '@logbook/testing';
import { asOperatorOfBrokers } from './harness/brokers.js';
import { type ProjectorOnKafka, startProjectorOnKafka } from './harness/projector-on-kafka.js';
import { plainLines } from './plain-lines.js';
import { stopStarted } from './stop-started.js';
import { History } from './sweep/history.js';
import { outcomeOf, untilLevel } from './sweep/outcome.js';

const BEFORE = 200;
const START_TIMEOUT_MS = 60_000;

interface Loss {
  readonly what: string;
  /** Happens to the log, or to the checkpoint, while no projector runs. */
  readonly happen: (system: ProjectorOnKafka) => Promise<void>;
  readonly projector: RegExp;
  readonly verify: RegExp;
  readonly rebuild: RegExp;
}

async function recreateEvents(system: ProjectorOnKafka): Promise<void> {
  const topic = topicName(system.prefix, 'events');
  await asOperatorOfBrokers((admin) => admin.deleteTopics({ topics: [topic] }));
  await eventually(() => asOperatorOfBrokers(async (admin) => !(await admin.listTopics()).includes(topic)), {
    what: 'the topic to be gone',
  });
  await system.recreateTopics();
}

const LOST =
  /(no message|not the one|the log holds 0 to).*(recreated|another log).*Connect to the right log or restore this one/;

const LOSSES: readonly Loss[] = [
  {
    what: 'its events deleted and made anew, with fewer messages than before',
    happen: async (system) => {
      await recreateEvents(system);
      await new History(system.log).appendEvents(20);
    },
    projector: LOST,
    verify: LOST,
    rebuild: LOST,
  },
  {
    what: 'its events deleted and made anew, with as many messages and more',
    happen: async (system) => {
      await recreateEvents(system);
      // The other ones first, so that no partition holds at its end what it held before.
      await new History(system.log, { from: 1_000_000 }).appendEvents(2 * BEFORE);
    },
    projector: /not the one that was consumed.*recreated.*Connect to the right log/,
    verify: /not the one that gen_1 consumed.*recreated.*Connect to the right log/,
    rebuild: /not the one that gen_1 consumed.*recreated.*Connect to the right log/,
  },
  {
    what: 'its events truncated beyond the checkpoint',
    happen: async (system) => {
      const topic = topicName(system.prefix, 'events');
      await new History(system.log, { from: BEFORE }).appendEvents(BEFORE);
      const ends = await system.log.ends('events');
      await asOperatorOfBrokers(async (admin) => {
        await admin.fetchTopicOffsets(topic);
        const partitions = ends.flatMap((end, partition) => (end > 0 ? [{ partition, offset: String(end) }] : []));
        await admin.deleteTopicRecords({ topic, partitions });
      });
    },
    projector: /the checkpoint of events\[\d+\] is offset \d+, but the log holds [1-9]\d* to \d+: .*truncated/,
    verify: /the log holds events\[\d+\] from offset \d+ on, not from 0.*Restore the topic/,
    rebuild: /the log holds events\[\d+\] from offset \d+ on, not from 0.*Restore the topic/,
  },
  {
    what: 'a checkpoint past the end of a partition',
    happen: async (system) => {
      await system.store.pool.query(
        `UPDATE gen_1.checkpoints SET next_offset = next_offset + 5
          WHERE topic = 'events' AND partition = (SELECT min(partition) FROM gen_1.checkpoints WHERE topic = 'events')`,
      );
    },
    projector: /the checkpoint of events\[0\] is offset \d+, but the log holds 0 to \d+: /,
    // A checkpoint alone that is wrong is what a verification is there to find.
    verify: /^$/,
    rebuild: /the checkpoint of events\[0\] in gen_1 is offset \d+, and the log ends at \d+: /,
  },
];

describe.each(LOSSES)('a log with $what', ({ happen, projector: halts, verify, rebuild }) => {
  let system: ProjectorOnKafka;

  beforeAll(async () => {
    system = await startProjectorOnKafka();
    await new History(system.log).append(BEFORE);
    const projector = await system.projector();
    await projector.start();
    await untilLevel(system.log, system.store);
    await projector.stop();
    await happen(system);
  }, 180_000);
  afterAll(() => stopStarted(system), 60_000);

  it('halts a projector with exit code 1 and a sentence, and changes nothing', async () => {
    const before = await outcomeOf(system.store);
    const projector = await system.projector();
    projector.launch();
    expect(await projector.ended(START_TIMEOUT_MS)).toEqual({ code: 1, signal: null });
    const lines = plainLines(projector.output).filter((line) => line.startsWith('logbook projector: '));
    expect(lines).toEqual([expect.stringMatching(halts)]);
    expect(await outcomeOf(system.store)).toEqual(before);
  }, 90_000);

  it.each([
    ['verify', verify],
    ['rebuild', rebuild],
  ])(
    'is refused by `logbook %s`, which makes nothing of it',
    async (command, sentence) => {
      const before = await outcomeOf(system.store);
      const { code, stdout, stderr } = await system.cli(command);
      expect(
        plainLines(stderr)
          .filter((line) => line.startsWith('logbook: '))
          .join('\n'),
      ).toMatch(sentence);
      expect(code).not.toBe(0);
      if (command === 'rebuild') expect(stdout).toBe('');
      expect(await outcomeOf(system.store)).toEqual(before);
      const { rows } = await system.store.pool.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'gen\\_%'`);
      expect(rows).toEqual([{ nspname: 'gen_1' }]);
    },
    150_000,
  );
});
