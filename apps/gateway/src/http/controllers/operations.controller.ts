import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { HealthAnswer } from '../answers.js';
import { Health, Metrics, type HealthReport } from '../use-cases.js';

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const RETRY_AFTER_SECONDS = 1;

/** What operators and their tools ask; at the root, without a key, and without a word about tenants. */
@ApiTags('operations')
@Controller()
export class OperationsController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @ApiOperation({ operationId: 'getLiveness', summary: 'Whether the process should go on' })
  @ApiResponse({ status: 200, type: HealthAnswer, description: 'It should.' })
  @ApiResponse({ status: 503, type: HealthAnswer, description: 'unavailable: it should be restarted.' })
  async live(@Res() reply: FastifyReply): Promise<void> {
    answer(reply, await this.health.live());
  }

  @Get('health/ready')
  @ApiOperation({ operationId: 'getReadiness', summary: 'Whether POST /events would be taken' })
  @ApiResponse({ status: 200, type: HealthAnswer, description: 'It would; what is missing is named.' })
  @ApiResponse({ status: 503, type: HealthAnswer, description: 'unavailable: it would be refused.' })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    answer(reply, await this.health.ready());
  }

  @Get('metrics')
  @Header('content-type', METRICS_TYPE)
  @ApiOperation({ operationId: 'getMetrics', summary: 'Metrics for Prometheus' })
  @ApiResponse({
    status: 200,
    description: 'Prometheus text format 0.0.4.',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  text(): Promise<string> {
    return this.metrics.text();
  }
}

/** A report that is not ok is an error too, and carries the envelope beside its checks. */
function answer(reply: FastifyReply, { ok, checks }: HealthReport): void {
  if (ok) {
    reply.send({ status: 'ok', checks });
    return;
  }
  const type = 'unavailable';
  const detail = { type, message: 'not everything this needs is up; see checks' };
  reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send({ type, detail, status: 'unavailable', checks });
}
