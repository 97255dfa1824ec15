import { FOLDED_TOPICS } from '@logbook/contracts';
import type { Batch, BatchOutcome, PartitionConsumer } from '@logbook/core';
import type { SimulatedProcess } from '@logbook/testing';
import { placeName } from './model-store.contract.js';
import type { World } from './world.contract.js';

const REDELIVERY_CHANCE = 0.15;

/** A projector that believes that every partition is its own, whoever else does. */
export class SimulatedProjector {
  readonly process: SimulatedProcess;
  private readonly earlier = new Map<string, Batch>();

  constructor(
    private readonly world: World,
    readonly name: string,
  ) {
    this.process = world.scheduler.process(name);
    this.start().catch((error: unknown) => world.fail(error));
  }

  async crash(): Promise<void> {
    await this.world.scheduler.kill(this.process);
  }

  private async start(): Promise<void> {
    const { log, choices } = this.world;
    const consumption = await log.consume({
      topics: [...FOLDED_TOPICS],
      consumer: this.consumer(),
      batchMessagesMax: 1 + choices.below(4),
    });
    await consumption.ended;
  }

  private consumer(): PartitionConsumer {
    const { store, faults, flaw } = this.world;
    return {
      assigned: (place) =>
        this.process.perform({
          what: `asks where ${placeName(place)} goes on`,
          effect: async () => store.startPosition(place),
          ...faults.store,
        }),
      consume: async (batch) => {
        await this.repeatEarlier(batch);
        const outcome = await this.apply(batch);
        return flaw === 'NEVER_ASKS_AGAIN' ? 'CONSUMED' : outcome;
      },
    };
  }

  /** Now and then what came before comes once more; it says nothing of what comes now, which may begin where it did and go further. */
  private async repeatEarlier(batch: Batch): Promise<void> {
    const { choices, faults } = this.world;
    const earlier = this.earlier.get(placeName(batch));
    this.earlier.set(placeName(batch), batch);
    if (earlier !== undefined && !faults.healed && choices.chance(REDELIVERY_CHANCE)) await this.apply(earlier);
  }

  private async apply(batch: Batch): Promise<BatchOutcome> {
    const { store, faults, flaw } = this.world;
    const what = `applies ${placeName(batch)} ${batch.from} to ${batch.next}`;
    if (flaw !== 'CHECKPOINT_BEFORE_ROWS') {
      return this.process.perform({ what, effect: async () => this.watched(batch), ...faults.store });
    }
    const moved = await this.process.perform({
      what: `moves the checkpoint of ${placeName(batch)} to ${batch.next}`,
      effect: async () => {
        if (store.next(batch) !== batch.from) return 'STALE';
        store.moveCheckpoint(batch);
        return 'CONSUMED';
      },
      ...faults.store,
    });
    if (moved === 'CONSUMED') await this.process.perform({ what, effect: async () => store.writeRows(batch) });
    return moved;
  }

  private watched(batch: Batch): BatchOutcome {
    const { store, scheduler } = this.world;
    const before = store.next(batch);
    const outcome = store.apply(batch);
    scheduler.note(outcome);
    this.world.require(
      'ZOMBIE_WRITES_NOTHING',
      outcome === 'STALE' || before === batch.from,
      `${this.name} applied ${placeName(batch)} from ${batch.from}, and the checkpoint was ${before}`,
    );
    return outcome;
  }
}
