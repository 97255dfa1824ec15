import { ChangePublisher, type ChangePublisherOptions } from './change-publisher.js';

/** The publishers of a generation that is followed here: one for each partition of `commands` that is held. */
export class ChangePublishers {
  private readonly publishers = new Map<number, ChangePublisher>();
  private readonly leaving = new Set<Promise<void>>();

  constructor(private readonly options: Omit<ChangePublisherOptions, 'partition'>) {}

  /** The partition is held, or still is. */
  held(partition: number): void {
    if (this.publishers.has(partition)) return;
    this.publishers.set(partition, new ChangePublisher({ ...this.options, partition }));
  }

  moved(partition: number): void {
    this.publishers.get(partition)?.wake();
  }

  revoked(partition: number): void {
    const publisher = this.publishers.get(partition);
    if (publisher === undefined) return;
    this.publishers.delete(partition);
    const left = publisher.stop().finally(() => this.leaving.delete(left));
    this.leaving.add(left);
  }

  async stop(): Promise<void> {
    for (const partition of [...this.publishers.keys()]) this.revoked(partition);
    await Promise.all(this.leaving);
  }
}
