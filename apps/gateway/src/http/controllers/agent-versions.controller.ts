import { Controller, Get, Patch, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Tenant } from '@logbook/contracts';
import { Describe } from '../../openapi/api-operation.js';
import { AgentVersionAnswer, type Shape } from '../answers.js';
import type { RequestBody } from '../body/parse-body.js';
import { ChangeInput, CreateAgentVersionInput } from '../input/agent.input.js';
import { requireFields } from '../input/check-fields.js';
import { Body, CallerTenant, PathName } from '../input/request-parameters.js';
import { presentAgentVersion } from '../presenters.js';
import { refusalOf } from '../refusals.js';
import { AgentVersions } from '../use-cases.js';

@ApiTags('agent versions')
@Controller('api/v1/agents/:agent_name/agent-versions')
export class AgentVersionsController {
  constructor(private readonly agentVersions: AgentVersions) {}

  @Get(':agent_version_name')
  @Describe({
    operationId: 'getAgentVersion',
    summary: 'Get an agent version',
    pathNames: ['agent_name', 'agent_version_name'],
    answer: AgentVersionAnswer,
    problems: ['agent-not-found', 'agent-version-not-found'],
  })
  async get(
    @CallerTenant() tenant: Tenant,
    @PathName('agent_name') agentName: string,
    @PathName('agent_version_name') agentVersionName: string,
  ): Promise<Shape<AgentVersionAnswer>> {
    const outcome = await this.agentVersions.get({ tenant, agentName, agentVersionName });
    if (outcome.outcome === 'FOUND') return presentAgentVersion(outcome.agentVersion);
    throw refusalOf(outcome);
  }

  @Put()
  @Describe({
    operationId: 'createAgentVersion',
    summary: 'Create an agent version',
    description: 'One that exists is answered unchanged.',
    pathNames: ['agent_name'],
    body: CreateAgentVersionInput,
    answer: AgentVersionAnswer,
    problems: ['agent-not-found'],
  })
  async create(
    @CallerTenant() tenant: Tenant,
    @PathName('agent_name') agentName: string,
    @Body() body: RequestBody,
  ): Promise<Shape<AgentVersionAnswer>> {
    const fields = requireFields(CreateAgentVersionInput, body.json);
    const outcome = await this.agentVersions.create({
      tenant,
      agentName,
      agentVersionName: fields.agent_version_name,
      description: fields.description ?? null,
    });
    if (outcome.outcome === 'FOUND') return presentAgentVersion(outcome.agentVersion);
    throw refusalOf(outcome);
  }

  @Patch(':agent_version_name')
  @Describe({
    operationId: 'changeAgentVersion',
    summary: 'Change an agent version',
    pathNames: ['agent_name', 'agent_version_name'],
    body: ChangeInput,
    answer: AgentVersionAnswer,
    problems: ['agent-not-found', 'agent-version-not-found'],
  })
  async change(
    @CallerTenant() tenant: Tenant,
    @PathName('agent_name') agentName: string,
    @PathName('agent_version_name') agentVersionName: string,
    @Body() body: RequestBody,
  ): Promise<Shape<AgentVersionAnswer>> {
    const { description, deprecated } = requireFields(ChangeInput, body.json);
    const outcome = await this.agentVersions.change({
      tenant,
      agentName,
      agentVersionName,
      ...(description !== undefined && { description }),
      ...(deprecated !== undefined && { deprecated }),
    });
    if (outcome.outcome === 'FOUND') return presentAgentVersion(outcome.agentVersion);
    throw refusalOf(outcome);
  }
}
