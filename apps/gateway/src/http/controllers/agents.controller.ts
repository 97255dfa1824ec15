import { Controller, Get, Patch, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Tenant } from '@logbook/contracts';
import { Describe } from '../../openapi/api-operation.js';
import { AgentAnswer, type Shape } from '../answers.js';
import type { RequestBody } from '../body/parse-body.js';
import { ChangeInput, CreateAgentInput } from '../input/agent.input.js';
import { requireFields } from '../input/check-fields.js';
import { Body, CallerTenant, PathName } from '../input/request-parameters.js';
import { presentAgent } from '../presenters.js';
import { refusalOf } from '../refusals.js';
import { Agents } from '../use-cases.js';

@ApiTags('agents')
@Controller('api/v1/agents')
export class AgentsController {
  constructor(private readonly agents: Agents) {}

  @Get(':agent_name')
  @Describe({
    operationId: 'getAgent',
    summary: 'Get an agent',
    pathNames: ['agent_name'],
    answer: AgentAnswer,
    problems: ['agent-not-found'],
  })
  async get(@CallerTenant() tenant: Tenant, @PathName('agent_name') agentName: string): Promise<Shape<AgentAnswer>> {
    const outcome = await this.agents.get({ tenant, agentName });
    if (outcome.outcome === 'FOUND') return presentAgent(outcome.agent);
    throw refusalOf(outcome);
  }

  @Put()
  @Describe({
    operationId: 'createAgent',
    summary: 'Create an agent',
    description: 'One that exists is answered unchanged.',
    body: CreateAgentInput,
    answer: AgentAnswer,
  })
  async create(@CallerTenant() tenant: Tenant, @Body() body: RequestBody): Promise<Shape<AgentAnswer>> {
    const fields = requireFields(CreateAgentInput, body.json);
    const outcome = await this.agents.create({
      tenant,
      agentName: fields.agent_name,
      description: fields.description ?? null,
    });
    if (outcome.outcome === 'FOUND') return presentAgent(outcome.agent);
    throw refusalOf(outcome);
  }

  @Patch(':agent_name')
  @Describe({
    operationId: 'changeAgent',
    summary: 'Change an agent',
    pathNames: ['agent_name'],
    body: ChangeInput,
    answer: AgentAnswer,
    problems: ['agent-not-found'],
  })
  async change(
    @CallerTenant() tenant: Tenant,
    @PathName('agent_name') agentName: string,
    @Body() body: RequestBody,
  ): Promise<Shape<AgentAnswer>> {
    const { description, deprecated } = requireFields(ChangeInput, body.json);
    const outcome = await this.agents.change({
      tenant,
      agentName,
      ...(description !== undefined && { description }),
      ...(deprecated !== undefined && { deprecated }),
    });
    if (outcome.outcome === 'FOUND') return presentAgent(outcome.agent);
    throw refusalOf(outcome);
  }
}
