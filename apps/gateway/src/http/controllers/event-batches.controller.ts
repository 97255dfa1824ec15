import { Controller, HttpCode, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Describe } from '../../openapi/api-operation.js';
import { EventBatchAnswer, type EventResult, type Shape } from '../answers.js';
import type { BodyRules } from '../body/body.hook.js';
import { HttpProblem, problemEnvelope, type Problem } from '../errors.js';
import { requireItems, type BatchItem } from '../input/batch-items.js';
import { BATCH_BYTES_MAX, CreateEventsInput, requireBatchEvent } from '../input/event-batch.input.js';
import { EventLimits } from '../input/event-limits.js';
import { bodyOf, tenantOf, traceOf } from '../input/request-parameters.js';
import { refusalOf } from '../refusals.js';
import { sendJson } from '../send-json.js';
import { EventIntake, type EventOutcome, type EventToRecord } from '../use-cases.js';

const BODY: BodyRules = { bytesMax: BATCH_BYTES_MAX, ndjson: true, nestingMax: Number.POSITIVE_INFINITY };

@ApiTags('events')
@Controller('api/v1/events/batch')
export class EventBatchesController {
  constructor(
    private readonly events: EventIntake,
    private readonly limits: EventLimits,
  ) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  @RouteConfig({ body: BODY })
  @Describe({
    operationId: 'createEvents',
    summary: 'Record LLM calls together',
    description:
      'Each event stands or falls alone. As application/x-ndjson the body has an event a line; blank lines are allowed.',
    body: CreateEventsInput,
    alsoConsumes: ['application/x-ndjson'],
    answer: EventBatchAnswer,
    partly: { status: HttpStatus.MULTI_STATUS, description: 'Some events, or all, were rejected.' },
  })
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const origin = { tenant: tenantOf(request), ...traceOf(request) };
    const checked = requireItems(bodyOf(request)).map((item) => this.check(item, origin));
    const outcomes = await this.events.recordAll(checked.filter(isEvent));
    const inOrder = outcomes[Symbol.iterator]();
    const results = checked.map((item) =>
      isEvent(item) ? resultOf(inOrder.next().value as EventOutcome) : rejected(item),
    );
    if (results.some(({ status }) => status === 'rejected')) reply.code(HttpStatus.MULTI_STATUS);
    sendJson(reply, { results } satisfies Shape<EventBatchAnswer>);
  }

  /** An event to record, or why this item is none. */
  private check(item: BatchItem, origin: Pick<EventToRecord, 'tenant' | 'traceparent'>): EventToRecord | HttpProblem {
    const { bytesMax } = this.limits;
    try {
      if (item.bytes.length > bytesMax) throw tooLarge(bytesMax);
      const { text, bytes } = item;
      return requireBatchEvent(item.parse(), { tenant: origin.tenant, text, bytes, traceparent: origin.traceparent });
    } catch (error) {
      if (error instanceof HttpProblem) return error;
      throw error;
    }
  }
}

const isEvent = (item: EventToRecord | HttpProblem): item is EventToRecord => !(item instanceof HttpProblem);

const tooLarge = (bytesMax: number): HttpProblem =>
  new HttpProblem({ slug: 'payload-too-large', message: `the event is larger than ${bytesMax} bytes` });

function resultOf(outcome: EventOutcome): EventResult {
  return outcome.outcome === 'RECORDED' ? { status: 'accepted', id: outcome.id } : rejected(refusalOf(outcome));
}

const rejected = (problem: Problem): EventResult => ({ status: 'rejected', ...problemEnvelope(problem) });
