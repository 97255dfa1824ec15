import type { SimulatedGateway } from './gateway-process.contract.js';
import { SimulatedProjector } from './projector-process.contract.js';
import type { World } from './world.contract.js';

/** How likely something happens to the machines before a step. */
const CHAOS_CHANCE = 0.04;
const PROJECTORS_MAX = 2;

/** What happens to machines: dependencies go away and come back, processes end, freeze and begin. */
export class Chaos {
  private readonly projectors: SimulatedProjector[] = [];
  private started = 0;

  constructor(
    private readonly world: World,
    private readonly gateways: readonly SimulatedGateway[],
  ) {
    this.startProjector();
  }

  async maybe(): Promise<void> {
    const { choices, cache } = this.world;
    if (!choices.chance(CHAOS_CHANCE)) return;
    await choices.of([
      async () => this.toggle('log'),
      async () => this.toggle('log'),
      async () => this.toggle('store'),
      async () => this.toggle('cache'),
      () => cache.sync(),
      () => cache.sync(),
      async () => cache.flush(),
      () => this.endOrBegin(choices.of(this.gateways)),
      async () => this.freezeOrThaw(choices.of(this.gateways).process),
      async () => this.endOrStartProjector(),
      async () => this.freezeOrThaw(choices.of(this.projectors).process),
    ])();
  }

  /** Everything is mended, and everybody runs. */
  async end(): Promise<void> {
    this.world.scheduler.note('everything is mended');
    this.world.faults.heal();
    for (const { process } of [...this.gateways, ...this.projectors]) {
      if (process.state === 'FROZEN') process.state = 'RUNNING';
    }
    for (const gateway of this.gateways) if (gateway.process.state === 'GONE') gateway.restart();
    if (this.running().length === 0) this.startProjector();
  }

  private toggle(what: 'log' | 'store' | 'cache'): void {
    const { away } = this.world.faults;
    away[what] = !away[what];
    this.world.scheduler.note(`the ${what} is ${away[what] ? 'away' : 'back'}`);
  }

  private async endOrBegin(gateway: SimulatedGateway): Promise<void> {
    if (gateway.process.state === 'GONE') gateway.restart();
    else {
      this.world.scheduler.note(`${gateway.life} ends`);
      await gateway.crash();
    }
  }

  private freezeOrThaw(process: SimulatedGateway['process']): void {
    if (process.state === 'GONE') return;
    process.state = process.state === 'FROZEN' ? 'RUNNING' : 'FROZEN';
    this.world.scheduler.note(`${process.name} is ${process.state}`);
  }

  private async endOrStartProjector(): Promise<void> {
    const running = this.running();
    const ends = running.length > 0 && this.world.choices.chance(0.5);
    if (!ends && running.length < PROJECTORS_MAX) return this.startProjector();
    const projector = this.world.choices.of(running);
    this.world.scheduler.note(`${projector.name} ends`);
    await projector.crash();
  }

  private startProjector(): void {
    this.started += 1;
    this.projectors.push(new SimulatedProjector(this.world, `projector-${this.started}`));
  }

  private running(): SimulatedProjector[] {
    return this.projectors.filter(({ process }) => process.state !== 'GONE');
  }
}
