import { Controller, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Tenant } from '@logbook/contracts';
import { Describe } from '../../openapi/api-operation.js';
import { FingerprintAnswer, type Shape } from '../answers.js';
import type { RequestBody } from '../body/parse-body.js';
import { CreateFingerprintInput, requireFingerprint } from '../input/fingerprint.input.js';
import { Body, CallerTenant } from '../input/request-parameters.js';
import { refusalOf } from '../refusals.js';
import { Fingerprints } from '../use-cases.js';

@ApiTags('fingerprints')
@Controller('api/v1/fingerprints')
export class FingerprintsController {
  constructor(private readonly fingerprints: Fingerprints) {}

  @Put()
  @Describe({
    operationId: 'createFingerprint',
    summary: 'Report the environment of a client process',
    description: 'The same content gives the same id.',
    body: CreateFingerprintInput,
    answer: FingerprintAnswer,
  })
  async create(@CallerTenant() tenant: Tenant, @Body() body: RequestBody): Promise<Shape<FingerprintAnswer>> {
    const outcome = await this.fingerprints.register({ tenant, fields: requireFingerprint(body.json) });
    if (outcome.outcome === 'REGISTERED') return { fingerprint_id: outcome.fingerprintId };
    throw refusalOf(outcome);
  }
}
