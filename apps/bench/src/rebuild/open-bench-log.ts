import { DEFAULT_PARTITION_COUNTS, type LogId } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlFollower, openLog } from '@logbook/log';

export const BENCH_SOURCE = 'logbook/bench';
const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;

export interface BenchLog {
  readonly log: Log;
  readonly logId: LogId;
}

/** Opens the log under a prefix, as a gateway does: where there is none, its topics and its genesis are made. */
export async function openBenchLog({ brokers, prefix }: { brokers: string; prefix: string }): Promise<BenchLog> {
  const log = await openLog({
    kind: 'kafka',
    brokers: brokers.split(','),
    prefix,
    messageBytesMax: MESSAGE_BYTES_MAX,
    clientId: BENCH_SOURCE,
    // A topic that is new refuses at first and is tried again; what fails for good rejects.
    logger: () => undefined,
  });
  try {
    const control = await ControlFollower.open({ log, source: BENCH_SOURCE, partitions: DEFAULT_PARTITION_COUNTS });
    await control.stop();
    return { log, logId: control.log.logId };
  } catch (error) {
    await log.close();
    throw error;
  }
}
