import { Controller, Get, Header, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Tenant } from '@logbook/contracts';
import { Describe } from '../../openapi/api-operation.js';
import { PersonAnswer } from '../answers.js';
import type { RequestBody } from '../body/parse-body.js';
import { requireFields } from '../input/check-fields.js';
import { CreatePersonInput, propertiesText, UpdatePersonInput } from '../input/person.input.js';
import { Body, CallerTenant, PathName } from '../input/request-parameters.js';
import { presentPerson } from '../presenters.js';
import { refusalOf } from '../refusals.js';
import { JSON_TYPE } from '../response-headers.js';
import { People } from '../use-cases.js';

/** Answers are JSON text, and so need their content type said. */
@ApiTags('people')
@Controller('api/v1/people')
export class PeopleController {
  constructor(private readonly people: People) {}

  @Get(':person_id')
  @Header('content-type', JSON_TYPE)
  @Describe({
    operationId: 'getPerson',
    summary: 'Get a person',
    pathNames: ['person_id'],
    answer: PersonAnswer,
    problems: ['person-not-found'],
  })
  async get(@CallerTenant() tenant: Tenant, @PathName('person_id') personId: string): Promise<string> {
    const outcome = await this.people.get({ tenant, personId });
    if (outcome.outcome === 'FOUND') return presentPerson(outcome.person);
    throw refusalOf(outcome);
  }

  @Put()
  @Header('content-type', JSON_TYPE)
  @Describe({
    operationId: 'createPerson',
    summary: 'Create a person',
    description: 'One that exists keeps created_at, and its properties where none are sent.',
    body: CreatePersonInput,
    answer: PersonAnswer,
  })
  async create(@CallerTenant() tenant: Tenant, @Body() body: RequestBody): Promise<string> {
    const fields = requireFields(CreatePersonInput, body.json);
    const outcome = await this.people.create({
      tenant,
      personId: fields.person_id,
      propertiesJson: (fields.properties ?? null) === null ? null : propertiesText(body.text),
    });
    if (outcome.outcome === 'FOUND') return presentPerson(outcome.person);
    throw refusalOf(outcome);
  }

  @Put(':person_id')
  @Header('content-type', JSON_TYPE)
  @Describe({
    operationId: 'updatePerson',
    summary: 'Replace the properties of a person',
    pathNames: ['person_id'],
    body: UpdatePersonInput,
    answer: PersonAnswer,
    problems: ['person-not-found'],
  })
  async update(
    @CallerTenant() tenant: Tenant,
    @PathName('person_id') personId: string,
    @Body() body: RequestBody,
  ): Promise<string> {
    requireFields(UpdatePersonInput, body.json);
    const outcome = await this.people.update({ tenant, personId, propertiesJson: propertiesText(body.text) });
    if (outcome.outcome === 'FOUND') return presentPerson(outcome.person);
    throw refusalOf(outcome);
  }
}
