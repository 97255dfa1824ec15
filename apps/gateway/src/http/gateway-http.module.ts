import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { AgentVersionsController } from './controllers/agent-versions.controller.js';
import { AgentsController } from './controllers/agents.controller.js';
import { EventsController } from './controllers/events.controller.js';
import { FingerprintsController } from './controllers/fingerprints.controller.js';
import { OperationsController } from './controllers/operations.controller.js';
import { PeopleController } from './controllers/people.controller.js';
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
  /** Further modules of the same application. */
  readonly imports?: ModuleMetadata['imports'];
}

@Module({})
export class GatewayHttpModule {
  static forRoot({ useCases, imports }: GatewayHttpModuleOptions): DynamicModule {
    return {
      module: GatewayHttpModule,
      imports: imports ?? [],
      controllers: [
        EventsController,
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
      ],
    };
  }
}
