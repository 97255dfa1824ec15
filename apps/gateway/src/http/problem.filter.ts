import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ClientGoneError } from './errors.js';
import { sendProblem } from './send-problem.js';
import { toProblem } from './to-problem.js';

/** Turns everything thrown under Nest or Fastify into the error envelope. What nobody expected is logged here, once. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof ClientGoneError) {
      reply.hijack();
      reply.raw.destroy();
      return;
    }
    const problem = toProblem(error);
    if (problem === undefined) {
      const cause = error instanceof Error ? error.stack : String(error);
      this.logger.error(`${reply.request.method} ${reply.request.routeOptions.url ?? ''} failed`, cause);
    }
    sendProblem(reply, problem ?? { slug: 'internal', message: 'something went wrong on our side' });
  }
}
