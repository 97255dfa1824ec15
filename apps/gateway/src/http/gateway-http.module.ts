import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { AgentVersionsController } from './controllers/agent-versions.controller.js';
import { AgentsController } from './controllers/agents.controller.js';
import { EventBatchesController } from './controllers/event-batches.controller.js';
import { EventsController } from './controllers/events.controller.js';
import { FingerprintsController } from './controllers/fingerprints.controller.js';
import { OperationsController } from './controllers/operations.controller.js';
import { PeopleController } from './controllers/people.controller.js';
import { EventLimits } from './input/event-limits.js';
import { Agents, AgentVersions, EventIntake, Fingerprints, Health, Metrics, People } from './use-cases.js';

/** What the shell calls; `createGatewayApp` hands it to the controllers. */
export interface UseCases {
  readonly events: EventIntake;
  readonly fingerprints: Fingerprints;
  readonly agents: Agents;
  readonly agentVersions: AgentVersions;
  readonly people: People;
  readonly health: Health;
  readonly metrics: Metrics;
}

export interface GatewayHttpModuleOptions {
  readonly useCases: UseCases;
  /** The most bytes of a body, inclusive, after decompression; of an event of a batch as well. */
  readonly bodyBytesMax: number;
  /** Further modules of the same application. */
  readonly imports?: ModuleMetadata['imports'];
}

@Module({})
export class GatewayHttpModule {
  static forRoot({ useCases, bodyBytesMax, imports }: GatewayHttpModuleOptions): DynamicModule {
    return {
      module: GatewayHttpModule,
      imports: imports ?? [],
      controllers: [
        EventsController,
        EventBatchesController,
        FingerprintsController,
        AgentsController,
        AgentVersionsController,
        PeopleController,
        OperationsController,
      ],
      providers: [
        { provide: EventIntake, useValue: useCases.events },
        { provide: Fingerprints, useValue: useCases.fingerprints },
        { provide: Agents, useValue: useCases.agents },
        { provide: AgentVersions, useValue: useCases.agentVersions },
        { provide: People, useValue: useCases.people },
        { provide: Health, useValue: useCases.health },
        { provide: Metrics, useValue: useCases.metrics },
        { provide: EventLimits, useValue: new EventLimits(bodyBytesMax) },
      ],
    };
  }
}
