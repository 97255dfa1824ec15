import type { Settings } from '@logbook/config';
import { DEFAULT_PARTITION_COUNTS, EMBEDDED_PARTITION_COUNTS } from '@logbook/contracts';
import { type Appender, type Log, logAppender } from '@logbook/core';
import { ControlCopy, ControlFollower, DurableAppender } from '@logbook/log';
import { driverLogger, type Logger, type Metrics } from '@logbook/observability';

/** What a gateway takes requests with: who may come in, and where accepted messages go. */
export interface Intake {
  readonly control: ControlFollower;
  readonly appender: Appender;
  /** `null` where the log is embedded: it is away only when this disk is, and then a spool would be too. */
  readonly spool: DurableAppender | null;
  /** Takes nothing more. What is spooled stays on the disk. */
  close(): Promise<void>;
}

export interface IntakeOptions {
  readonly settings: Settings;
  readonly log: Log;
  /** `ce_source` of what this process appends to `control`. */
  readonly source: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Follows `control` and opens the spool. On Kafka neither needs the broker once the data directory has a copy of
 * `control`; without a copy a log that is away rejects with `LogUnavailableError`.
 */
export async function openIntake(options: IntakeOptions): Promise<Intake> {
  return options.settings.log.kind === 'kafka' ? openSpooledIntake(options) : openDirectIntake(options);
}

async function openDirectIntake({ log, source }: IntakeOptions): Promise<Intake> {
  const control = await ControlFollower.open({ log, source, partitions: EMBEDDED_PARTITION_COUNTS });
  return { control, appender: logAppender(log), spool: null, close: () => control.stop() };
}

async function openSpooledIntake({ settings, log, source, logger, metrics }: IntakeOptions): Promise<Intake> {
  const copy = await ControlCopy.open(settings.controlCopyDir);
  let control: ControlFollower | undefined;
  try {
    const partitions = DEFAULT_PARTITION_COUNTS;
    control = await ControlFollower.open({ log, source, partitions, copy, logger: driverLogger(logger) });
    const { logId } = control.log;
    const spool = await DurableAppender.open({
      log,
      logId,
      ...settings.spool,
      messageBytesMax: settings.eventBytesMax,
      logger: driverLogger(logger),
      onMoved: ({ to, messages }) => {
        if (to === 'SPOOL') metrics.count('logbook_spooled_messages_total', {}, messages);
        if (to === 'LOG') metrics.count('logbook_spool_drained_messages_total', {}, messages);
      },
    });
    return { control, appender: spool, spool, close: () => closeAll(spool, control, copy) };
  } catch (error) {
    await closeAll(undefined, control, copy);
    throw error;
  }
}

async function closeAll(
  spool: DurableAppender | undefined,
  control: ControlFollower | undefined,
  copy: ControlCopy,
): Promise<void> {
  await spool?.close();
  await control?.stop();
  await copy.close();
}
