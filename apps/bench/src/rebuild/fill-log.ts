import { encodeMessage, type EncodedMessage } from '@logbook/contracts';
import { openBenchLog } from './open-bench-log.js';
import { Telemetry } from './telemetry.js';

/** Spread over the partitions this gives record batches of about twenty, as a gateway under load sends them. */
export const APPEND_MESSAGES = 240;

export interface FillOptions {
  readonly brokers: string;
  readonly prefix: string;
  readonly events: number;
}

/** Makes a new log of commands and events, written as a gateway writes them. */
export async function fillLog({ brokers, prefix, events }: FillOptions): Promise<void> {
  const { log } = await openBenchLog({ brokers, prefix });
  try {
    const telemetry = new Telemetry();
    let waiting: EncodedMessage[] = [];
    for (const command of telemetry.commands(events)) {
      waiting.push(encodeMessage(command));
      if (waiting.length === APPEND_MESSAGES) await log.append('commands', waiting.splice(0));
    }
    await log.append('commands', waiting.splice(0));
    for (let number = 0; number < events; number += waiting.length) {
      waiting = Array.from({ length: Math.min(APPEND_MESSAGES, events - number) }, () =>
        encodeMessage(telemetry.event()),
      );
      await log.append('events', waiting);
    }
  } finally {
    await log.close();
  }
}
