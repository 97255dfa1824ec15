import { FOLDED_TOPICS, type FoldedTopic, TOPICS, type Topic } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { type NextOffsets, ProjectionReader } from '@logbook/store';
import { explain } from '@logbook/config';
import { Command } from 'commander';
import { printJson, printTable } from './output.js';
import { withLog, withStore } from './with-log.js';

interface PartitionStatus {
  readonly topic: Topic;
  readonly partition: number;
  readonly end: number;
  /** The next offset the projection will read; `null` where nothing is projected, or nobody can tell. */
  readonly checkpoint: number | null;
  readonly lag: number | null;
}

export function statusCommand(): Command {
  return new Command('status')
    .description('shows which log this is, where each partition ends and how far the projections are')
    .option('--json', 'print JSON')
    .action(status);
}

async function status(options: { json?: boolean }): Promise<void> {
  const document = await withLog(async ({ settings, log, control }) => {
    const checkpoints = await withStore(settings, (store) =>
      new ProjectionReader(store, { logId: control.log.logId }).checkpoints(),
    ).catch((error: unknown) => ({ state: 'NOT_READY' as const, reason: explain(error) }));
    const next = checkpoints.state === 'NOT_READY' ? undefined : checkpoints.next;
    return {
      log: { id: control.log.logId, driver: settings.log.kind, created_at: new Date(control.log.timeMs).toISOString() },
      projections:
        checkpoints.state === 'READY'
          ? { ready: true, generation: checkpoints.generation, driver: settings.store.kind }
          : { ready: false, reason: reasonOf(checkpoints), driver: settings.store.kind },
      tenants: control.state.tenants().length,
      api_keys: control.state.apiKeys().filter(({ revokedAtMs }) => revokedAtMs === null).length,
      partitions: await partitions(log, next),
    };
  });
  if (options.json === true) return printJson(document);
  const { log, projections } = document;
  process.stdout.write(`log ${log.id} (${log.driver}), created ${log.created_at}\n`);
  process.stdout.write(
    projections.ready
      ? `projections ${projections.generation} (${projections.driver}), answering reads\n`
      : `projections (${projections.driver}) do not answer reads: ${projections.reason}\n`,
  );
  process.stdout.write(`${document.tenants} tenants, ${document.api_keys} API keys in force\n\n`);
  printTable(
    ['TOPIC', 'PARTITION', 'END', 'CHECKPOINT', 'LAG'],
    document.partitions.map(({ topic, partition, end, checkpoint, lag }) => [
      topic,
      String(partition),
      String(end),
      String(checkpoint ?? '-'),
      String(lag ?? '-'),
    ]),
  );
}

async function partitions(log: Log, next: NextOffsets | undefined): Promise<PartitionStatus[]> {
  const perTopic = await Promise.all(
    TOPICS.map(async (topic) => {
      const folded = isFolded(topic) ? next?.[topic] : undefined;
      return (await log.ends(topic)).map((end, partition) => {
        const checkpoint = folded === undefined ? null : (folded.get(partition) ?? 0);
        return { topic, partition, end, checkpoint, lag: checkpoint === null ? null : Math.max(0, end - checkpoint) };
      });
    }),
  );
  return perTopic.flat();
}

const isFolded = (topic: Topic): topic is FoldedTopic => (FOLDED_TOPICS as readonly Topic[]).includes(topic);

const reasonOf = (
  checkpoints: Exclude<Awaited<ReturnType<ProjectionReader['checkpoints']>>, { state: 'READY' }>,
): string => (checkpoints.state === 'NOT_READY' ? checkpoints.reason : `${checkpoints.generation} is catching up`);
