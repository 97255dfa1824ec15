var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
import { Controller, Get, Patch, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe } from '../../openapi/api-operation.js';
import { AgentAnswer } from '../answers.js';
import { ChangeInput, CreateAgentInput } from '../input/agent.input.js';
import { requireFields } from '../input/check-fields.js';
import { Body, CallerTenant, PathName } from '../input/request-parameters.js';
import { presentAgent } from '../presenters.js';
import { refusalOf } from '../refusals.js';
import { Agents } from '../use-cases.js';
let AgentsController = class AgentsController {
    agents;
    constructor(agents) {
        this.agents = agents;
    }
    async get(tenant, agentName) {
        const outcome = await this.agents.get({ tenant, agentName });
        if (outcome.outcome === 'FOUND')
            return presentAgent(outcome.agent);
        throw refusalOf(outcome);
    }
    async create(tenant, body) {
        const fields = requireFields(CreateAgentInput, body.json);
        const outcome = await this.agents.create({
            tenant,
            agentName: fields.agent_name,
            description: fields.description ?? null,
        });
        if (outcome.outcome === 'FOUND')
            return presentAgent(outcome.agent);
        throw refusalOf(outcome);
    }
    async change(tenant, agentName, body) {
        const { description, deprecated } = requireFields(ChangeInput, body.json);
        const outcome = await this.agents.change({
            tenant,
            agentName,
            ...(description !== undefined && { description }),
            ...(deprecated !== undefined && { deprecated }),
        });
        if (outcome.outcome === 'FOUND')
            return presentAgent(outcome.agent);
        throw refusalOf(outcome);
    }
};
__decorate([
    Get(':agent_name'),
    Describe({
        operationId: 'getAgent',
        summary: 'Get an agent',
        pathNames: ['agent_name'],
        answer: AgentAnswer,
        problems: ['agent-not-found'],
    }),
    __param(0, CallerTenant()),
    __param(1, PathName('agent_name')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String]),
    __metadata("design:returntype", Promise)
], AgentsController.prototype, "get", null);
__decorate([
    Put(),
    Describe({
        operationId: 'createAgent',
        summary: 'Create an agent',
        description: 'One that exists is answered unchanged.',
        body: CreateAgentInput,
        answer: AgentAnswer,
    }),
    __param(0, CallerTenant()),
    __param(1, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object]),
    __metadata("design:returntype", Promise)
], AgentsController.prototype, "create", null);
__decorate([
    Patch(':agent_name'),
    Describe({
        operationId: 'changeAgent',
        summary: 'Change an agent',
        pathNames: ['agent_name'],
        body: ChangeInput,
        answer: AgentAnswer,
        problems: ['agent-not-found'],
    }),
    __param(0, CallerTenant()),
    __param(1, PathName('agent_name')),
    __param(2, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String, Object]),
    __metadata("design:returntype", Promise)
], AgentsController.prototype, "change", null);
AgentsController = __decorate([
    ApiTags('agents'),
    Controller('api/v1/agents'),
    __metadata("design:paramtypes", [Agents])
], AgentsController);
export { AgentsController };
