var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var GatewayHttpModule_1;
import { Module } from '@nestjs/common';
import { AgentVersionsController } from './controllers/agent-versions.controller.js';
import { AgentsController } from './controllers/agents.controller.js';
import { EventsController } from './controllers/events.controller.js';
import { FingerprintsController } from './controllers/fingerprints.controller.js';
import { OperationsController } from './controllers/operations.controller.js';
import { PeopleController } from './controllers/people.controller.js';
import { Agents, AgentVersions, EventIntake, Fingerprints, Health, Metrics, People } from './use-cases.js';
let GatewayHttpModule = GatewayHttpModule_1 = class GatewayHttpModule {
    static forRoot({ useCases, imports }) {
        return {
            module: GatewayHttpModule_1,
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
};
GatewayHttpModule = GatewayHttpModule_1 = __decorate([
    Module({})
], GatewayHttpModule);
export { GatewayHttpModule };
