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
import { AgentVersionAnswer } from '../answers.js';
import { ChangeInput, CreateAgentVersionInput } from '../input/agent.input.js';
import { requireFields } from '../input/check-fields.js';
import { Body, CallerTenant, PathName } from '../input/request-parameters.js';
import { presentAgentVersion } from '../presenters.js';
import { refusalOf } from '../refusals.js';
import { AgentVersions } from '../use-cases.js';
let AgentVersionsController = class AgentVersionsController {
    agentVersions;
    constructor(agentVersions) {
        this.agentVersions = agentVersions;
    }
    async get(tenant, agentName, agentVersionName) {
        const outcome = await this.agentVersions.get({ tenant, agentName, agentVersionName });
        if (outcome.outcome === 'FOUND')
            return presentAgentVersion(outcome.agentVersion);
        throw refusalOf(outcome);
    }
    async create(tenant, agentName, body) {
        const fields = requireFields(CreateAgentVersionInput, body.json);
        const outcome = await this.agentVersions.create({
            tenant,
            agentName,
            agentVersionName: fields.agent_version_name,
            description: fields.description ?? null,
        });
        if (outcome.outcome === 'FOUND')
            return presentAgentVersion(outcome.agentVersion);
        throw refusalOf(outcome);
    }
    async change(tenant, agentName, agentVersionName, body) {
        const { description, deprecated } = requireFields(ChangeInput, body.json);
        const outcome = await this.agentVersions.change({
            tenant,
            agentName,
            agentVersionName,
            ...(description !== undefined && { description }),
            ...(deprecated !== undefined && { deprecated }),
        });
        if (outcome.outcome === 'FOUND')
            return presentAgentVersion(outcome.agentVersion);
        throw refusalOf(outcome);
    }
};
__decorate([
    Get(':agent_version_name'),
    Describe({
        operationId: 'getAgentVersion',
        summary: 'Get an agent version',
        pathNames: ['agent_name', 'agent_version_name'],
        answer: AgentVersionAnswer,
        problems: ['agent-not-found', 'agent-version-not-found'],
    }),
    __param(0, CallerTenant()),
    __param(1, PathName('agent_name')),
    __param(2, PathName('agent_version_name')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String, String]),
    __metadata("design:returntype", Promise)
], AgentVersionsController.prototype, "get", null);
__decorate([
    Put(),
    Describe({
        operationId: 'createAgentVersion',
        summary: 'Create an agent version',
        description: 'One that exists is answered unchanged.',
        pathNames: ['agent_name'],
        body: CreateAgentVersionInput,
        answer: AgentVersionAnswer,
        problems: ['agent-not-found'],
    }),
    __param(0, CallerTenant()),
    __param(1, PathName('agent_name')),
    __param(2, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String, Object]),
    __metadata("design:returntype", Promise)
], AgentVersionsController.prototype, "create", null);
__decorate([
    Patch(':agent_version_name'),
    Describe({
        operationId: 'changeAgentVersion',
        summary: 'Change an agent version',
        pathNames: ['agent_name', 'agent_version_name'],
        body: ChangeInput,
        answer: AgentVersionAnswer,
        problems: ['agent-not-found', 'agent-version-not-found'],
    }),
    __param(0, CallerTenant()),
    __param(1, PathName('agent_name')),
    __param(2, PathName('agent_version_name')),
    __param(3, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String, String, Object]),
    __metadata("design:returntype", Promise)
], AgentVersionsController.prototype, "change", null);
AgentVersionsController = __decorate([
    ApiTags('agent versions'),
    Controller('api/v1/agents/:agent_name/agent-versions'),
    __metadata("design:paramtypes", [AgentVersions])
], AgentVersionsController);
export { AgentVersionsController };
