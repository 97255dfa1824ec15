import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Describe } from '../../openapi/api-operation.js';
import { EventAnswer, type Shape } from '../answers.js';
import { CreateEventInput, requireEvent } from '../input/event.input.js';
import { IDEMPOTENCY_KEY_SCHEMA } from '../input/fields.js';
import { bodyOf, idempotencyKeyOf, tenantOf, traceOf } from '../input/request-parameters.js';
import { refusalOf } from '../refusals.js';
import { sendJson } from '../send-json.js';
import { EventIntake } from '../use-cases.js';

@ApiTags('events')
@Controller('api/v1/events')
export class EventsController {
  constructor(private readonly events: EventIntake) {}

  @Post()
  @HttpCode(200)
  @Describe({
    operationId: 'createEvent',
    summary: 'Record an LLM call',
    description: 'Agents, versions, people and sessions that it names and that are unknown are created.',
    body: CreateEventInput,
    answer: EventAnswer,
    problems: ['fingerprint-not-found', 'session-id-empty'],
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key of one session, or of none, is one event however often it is sent.',
    schema: IDEMPOTENCY_KEY_SCHEMA,
  })
  // Nest passes each of its own parameter decorators through a chain of promises; the request alone costs none.
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { text, bytes, json } = bodyOf(request);
    const idempotencyKey = idempotencyKeyOf(request);
    const { traceparent } = traceOf(request);
    const event = requireEvent(json, { tenant: tenantOf(request), text, bytes, traceparent }, idempotencyKey);
    const outcome = await this.events.record(event);
    if (outcome.outcome !== 'RECORDED') throw refusalOf(outcome);
    sendJson(reply, { id: outcome.id } satisfies Shape<EventAnswer>);
  }
}
