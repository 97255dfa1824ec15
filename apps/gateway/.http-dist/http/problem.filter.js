var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Catch, Logger } from '@nestjs/common';
import { ClientGoneError } from './errors.js';
import { sendProblem } from './send-problem.js';
import { toProblem } from './to-problem.js';
/** Turns everything thrown under Nest or Fastify into the error envelope. What nobody expected is logged here, once. */
let ProblemFilter = class ProblemFilter {
    logger = new Logger('Http');
    catch(error, host) {
        const reply = host.switchToHttp().getResponse();
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
};
ProblemFilter = __decorate([
    Catch()
], ProblemFilter);
export { ProblemFilter };
