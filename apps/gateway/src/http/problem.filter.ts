import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ClientGoneError } from './errors.js';
import { type RequestTrail, trailOf } from './request-trail.js';
import { sendProblem } from './send-problem.js';
import { toProblem } from './to-problem.js';

/** Turns everything thrown under Nest or Fastify into the error envelope. What nobody expected is told here, once. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly onFailed: (error: unknown, trail: RequestTrail) => void) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof ClientGoneError) {
      reply.hijack();
      reply.raw.destroy();
      return;
    }
    const problem = toProblem(error);
    if (problem === undefined) this.onFailed(error, trailOf(reply.request));
    sendProblem(reply, problem ?? { slug: 'internal', message: 'something went wrong on our side' });
  }
}
