import { inProcessFactCache, tieredFactCache } from '@logbook/cache';
import type { EncodedMessage, Offset, Position, Topic } from '@logbook/contracts';
import { type Appender, type Fact, type FactCache, type Log, LogUnavailableError } from '@logbook/core';
import { DurableAppender } from '@logbook/log';
import type { MemorySpoolDisk, MemorySpoolPlace } from '@logbook/log/in-memory';
import { Metrics } from '@logbook/observability';
import type { Read } from '@logbook/store';
import type { SimulatedProcess } from '@logbook/testing';
import type { CheckpointWaiter } from '../reads/visibility.js';
import { type RequestParts, requestUseCases, type RequestUseCases } from '../request-use-cases.js';
import { contentOf } from './log-view.contract.js';
import { SimulatedSpoolDisk } from './simulated-spool.contract.js';
import { FACTS_MAX, LOG_ID, MESSAGE_BYTES_MAX, SECRET, WAITS, type World } from './world.contract.js';

const METRICS = new Metrics({ defaults: false });
const SETTINGS = { eventBytesMax: MESSAGE_BYTES_MAX, redactHeaders: [], readWaitMs: WAITS.readWaitMs };

/** The gateway's own code, on operations of a process that a scheduler may end, freeze and begin again. */
export class SimulatedGateway {
  process: SimulatedProcess;
  private incarnation = 0;
  private disk: MemorySpoolDisk | undefined;
  private appender: DurableAppender | undefined;
  private useCases: RequestUseCases | undefined;
  private tellGone = (): void => undefined;
  private gone: Promise<'GONE'> = Promise.resolve('GONE');

  constructor(
    private readonly world: World,
    readonly name: string,
    private readonly place: MemorySpoolPlace,
  ) {
    this.process = this.begin();
  }

  get isUp(): boolean {
    return this.useCases !== undefined;
  }

  /** Whether everything it accepted is in the log. */
  get isLevel(): boolean {
    return this.isUp && this.appender?.mode === 'DIRECT';
  }

  /** The life it is in. */
  get life(): string {
    return this.process.name;
  }

  /** What it answers; `GONE` where its process ends before that, or has not begun. */
  call<T>(ask: (useCases: RequestUseCases) => Promise<T>): Promise<T | 'GONE'> {
    return this.useCases === undefined ? Promise.resolve('GONE') : Promise.race([ask(this.useCases), this.gone]);
  }

  async crash(): Promise<void> {
    this.useCases = undefined;
    await this.world.scheduler.kill(this.process);
    await this.disk?.release();
    this.tellGone();
  }

  restart(): void {
    this.process = this.begin();
  }

  private begin(): SimulatedProcess {
    this.incarnation += 1;
    const process = this.world.scheduler.process(`${this.name}.${this.incarnation}`);
    this.gone = new Promise((resolve) => (this.tellGone = () => resolve('GONE')));
    this.disk = this.place.claim();
    this.start(process, this.disk).catch((error: unknown) => this.world.fail(error));
    return process;
  }

  private async start(process: SimulatedProcess, memory: MemorySpoolDisk): Promise<void> {
    const { flaw, faults } = this.world;
    const log = new LogOfGateway(this.world, process, { accept: (messages) => this.accept(messages) });
    const drained = new LogOfGateway(this.world, process, { accept: () => undefined });
    const disk = new SimulatedSpoolDisk({ process, disk: memory, faults, flaw });
    const appender = await DurableAppender.on(disk, {
      log: drained,
      logId: LOG_ID,
      bytesMax: 1024 * 1024,
      messageBytesMax: MESSAGE_BYTES_MAX,
      holdMs: WAITS.holdMs,
      retryMs: WAITS.retryMs,
    });
    const near = this.watched(inProcessFactCache({ factsMax: FACTS_MAX }));
    this.appender = appender;
    this.useCases = requestUseCases({
      log,
      appender: this.flawed(appender, log),
      spool: appender,
      caches: { near, shared: tieredFactCache(near, this.sharedCache(process)) },
      reader: readerOf(this.world, process),
      checkpoints: waiterOf(this.world, process),
      quota: undefined,
      metrics: METRICS,
      secret: SECRET,
      settings: SETTINGS,
    });
  }

  private flawed(appender: DurableAppender, log: LogOfGateway): Appender {
    return {
      append: async (topic, messages) => {
        this.accept(messages);
        if (this.world.flaw === 'OVERTAKES_THE_SPOOL' && appender.mode !== 'DIRECT') {
          const positions = await log.append(topic, messages).catch(() => undefined);
          if (positions !== undefined) return { outcome: 'APPENDED', positions };
        }
        const appended = appender.append(topic, messages);
        if (this.world.flaw === 'ACKNOWLEDGES_EARLY' && topic === 'events') {
          appended.catch(() => undefined);
          return { outcome: 'SPOOLED' };
        }
        const outcome = await appended;
        return this.world.flaw === 'SHARES_SPOOLED_NAMES' ? { outcome: 'APPENDED', positions: [] } : outcome;
      },
    };
  }

  private accept(messages: readonly EncodedMessage[]): void {
    for (const message of messages) this.world.accepted.add(contentOf(message));
  }

  private watched(near: FactCache): FactCache {
    const remember = (facts: readonly Fact[]): Promise<void> => {
      this.world.requireHeld(facts);
      return near.remember(facts);
    };
    return { ...near, remember };
  }

  private sharedCache(process: SimulatedProcess): FactCache {
    const { cache, faults } = this.world;
    return {
      known: (facts) =>
        process.perform({
          what: 'asks the cache',
          effect: () => (faults.away.cache ? Promise.resolve(facts.map(() => false)) : cache.known(facts)),
        }),
      remember: (facts) =>
        process.perform({
          what: 'tells the cache',
          effect: async () => {
            this.world.requireHeldInLog(facts);
            if (!faults.away.cache) await cache.remember(facts);
          },
        }),
      healthy: async () => !faults.away.cache,
      close: async () => undefined,
    };
  }
}

/** The log as one process reaches it: across a network that loses requests and answers. */
class LogOfGateway implements Pick<Log, 'append' | 'ends' | 'partitionOf'> {
  private remembered: Promise<Offset[]> | undefined;

  constructor(
    private readonly world: World,
    private readonly process: SimulatedProcess,
    private readonly options: { readonly accept: (messages: readonly EncodedMessage[]) => void },
  ) {}

  append(topic: Topic, messages: readonly EncodedMessage[]): Promise<Position[]> {
    const { log, faults, flaw } = this.world;
    this.options.accept(messages);
    const appended = this.process.perform({
      what: `appends ${messages.map(labelOf).join(', ')}`,
      effect: () => log.append(topic, messages),
      lane: 'log',
      ...faults.log,
    });
    if (flaw !== 'PRODUCES_WITHOUT_ACKS' || topic !== 'events') return this.inTime(appended);
    appended.catch(() => undefined);
    return Promise.resolve(messages.map(() => ({ topic, partition: 0, offset: 0 as Offset })));
  }

  ends(topic: Topic): Promise<Offset[]> {
    const { log, faults, flaw } = this.world;
    const ask = () =>
      this.inTime(this.process.perform({ what: 'asks for ends', effect: () => log.ends(topic), ...faults.log }));
    if (flaw !== 'REMEMBERS_LOG_ENDS') return ask();
    this.remembered ??= ask();
    return this.remembered;
  }

  partitionOf(topic: Topic, key: string): number {
    return this.world.log.partitionOf(topic, key);
  }

  private async inTime<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new LogUnavailableError('the log does not answer')), WAITS.logTimeoutMs);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  }
}

/** For the trace: what a message says, without ids that no seed decides. */
function labelOf({ key, headers, value }: EncodedMessage): string {
  const type = headers['ce_type']?.replace('com.logbook.', '') ?? '';
  return type.startsWith('llm') ? (/"n":"([^"]+)"/.exec(value.toString())?.[1] ?? type) : `${type} ${key}`;
}

function readerOf(world: World, process: SimulatedProcess): RequestParts['reader'] {
  const read = <T>(what: string, select: () => T): Promise<Read<T>> =>
    process.perform({
      what: `reads ${what}`,
      effect: async () =>
        world.store.isReady
          ? { state: 'READY', generation: 'gen_1', value: select() }
          : { state: 'NOT_READY', reason: 'it has not come far enough' },
      ...world.faults.store,
    });
  return {
    agent: (tenant, name) => read(`agent ${name}`, () => world.store.agent(tenant, name)),
    agentVersion: (tenant, agent, name) => read(`version ${name}`, () => world.store.agentVersion(tenant, agent, name)),
    person: (tenant, id) => read(`person ${id}`, () => world.store.person(tenant, id)),
    fingerprint: (tenant, id) => read('a fingerprint', () => world.store.fingerprint(tenant, id)),
  };
}

function waiterOf(world: World, process: SimulatedProcess): CheckpointWaiter {
  const look = (message: Parameters<CheckpointWaiter['reached']>[0]) =>
    process.perform({
      what: `looks whether ${message.topic}[${message.partition}] has passed ${message.offset}`,
      effect: async () => {
        if (!world.store.isReady) return 'NOT_READY' as const;
        const wanted = world.flaw === 'WAITS_ONE_SHORT' ? message.offset : message.offset + 1;
        return world.store.next(message) >= wanted ? ('REACHED' as const) : ('TIMED_OUT' as const);
      },
      ...world.faults.store,
    });
  return {
    reached: async (message, { timeoutMs }) => {
      if (world.flaw === 'ANSWERS_WRITES_AT_ONCE') return 'REACHED';
      const untilMs = Date.now() + timeoutMs;
      for (;;) {
        const seen = await look(message);
        if (seen === 'REACHED' || Date.now() >= untilMs) return seen;
        await new Promise((resolve) => setTimeout(resolve, WAITS.lookMs));
      }
    },
  };
}
