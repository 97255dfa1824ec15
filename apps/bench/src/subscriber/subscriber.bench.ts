import { fileURLToPath } from 'node:url';
import { openServers, type BenchServers, type GivenServers } from '../rebuild/bench-servers.js';
import { fillLog } from '../rebuild/fill-log.js';
import { between, watchProgram, type MeasurementOf } from '../rebuild/watched-program.js';
import type { SubscriberBenchOptions } from './subscriber.options.js';

/** Each counts the same messages in a process of its own. */
export const SUBJECTS = ['bare kafkajs', 'subscriber (many)', 'subscriber (single)', 'stock Nest'] as const;
export type Subject = (typeof SUBJECTS)[number];

export interface SubscriberSample extends MeasurementOf<Subject> {
  readonly round: number;
}

type Say = (sentence: string) => void;

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Rounds are interleaved: what disturbs the machine for a while disturbs the baselines too. */
export async function measureSubscribers(
  { rounds, messages, stockMessages }: SubscriberBenchOptions,
  given: GivenServers | undefined,
  say: Say,
): Promise<SubscriberSample[]> {
  say(given === undefined ? 'starting Kafka' : 'using the servers that the environment names');
  const servers = await openServers(given);
  try {
    const prefix = servers.newPrefix();
    say(`filling a log with ${messages} events`);
    await fillLog({ brokers: servers.brokers, prefix, events: messages });
    const samples: SubscriberSample[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      for (const subject of SUBJECTS) {
        const events = subject === 'stock Nest' ? stockMessages : messages;
        samples.push({ round, ...(await measure(servers, subject, { prefix, events })) });
      }
    }
    return samples;
  } finally {
    await servers.close();
  }
}

/** From the first message to the last: joining a group is not what is compared. */
async function measure(
  { brokers }: BenchServers,
  subject: Subject,
  { prefix, events }: { readonly prefix: string; readonly events: number },
): Promise<MeasurementOf<Subject>> {
  const topic = `${prefix}.events`;
  const [file, ...args] = {
    'bare kafkajs': ['../rebuild/bare-consume.program.js', brokers, topic, String(events)],
    'subscriber (many)': ['./subscriber.program.js', brokers, prefix, String(events), 'batch'],
    'subscriber (single)': ['./subscriber.program.js', brokers, prefix, String(events), 'single'],
    'stock Nest': ['./stock-nest.program.js', brokers, topic, String(events)],
  }[subject] as [string, ...string[]];
  const { marks } = await watchProgram({
    program: program(file),
    args,
    environment: {},
    processes: [],
    marks: { first: /^first/, counted: /^counted/ },
  });
  return between(marks.first, marks.counted, { subject, events });
}
