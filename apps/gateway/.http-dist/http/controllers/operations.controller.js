var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { HealthAnswer } from '../answers.js';
import { Health, Metrics } from '../use-cases.js';
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const RETRY_AFTER_SECONDS = 1;
/** What operators and their tools ask; at the root, without a key, and without a word about tenants. */
let OperationsController = class OperationsController {
    health;
    metrics;
    constructor(health, metrics) {
        this.health = health;
        this.metrics = metrics;
    }
    async live(reply) {
        answer(reply, await this.health.live());
    }
    async ready(reply) {
        answer(reply, await this.health.ready());
    }
    text() {
        return this.metrics.text();
    }
};
__decorate([
    Get('health/live'),
    ApiOperation({ operationId: 'getLiveness', summary: 'Whether the process should go on' }),
    ApiResponse({ status: 200, type: HealthAnswer, description: 'It should.' }),
    ApiResponse({ status: 503, type: HealthAnswer, description: 'unavailable: it should be restarted.' }),
    __param(0, Res()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object]),
    __metadata("design:returntype", Promise)
], OperationsController.prototype, "live", null);
__decorate([
    Get('health/ready'),
    ApiOperation({ operationId: 'getReadiness', summary: 'Whether POST /events would be taken' }),
    ApiResponse({ status: 200, type: HealthAnswer, description: 'It would; what is missing is named.' }),
    ApiResponse({ status: 503, type: HealthAnswer, description: 'unavailable: it would be refused.' }),
    __param(0, Res()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object]),
    __metadata("design:returntype", Promise)
], OperationsController.prototype, "ready", null);
__decorate([
    Get('metrics'),
    Header('content-type', METRICS_TYPE),
    ApiOperation({ operationId: 'getMetrics', summary: 'Metrics for Prometheus' }),
    ApiResponse({
        status: 200,
        description: 'Prometheus text format 0.0.4.',
        content: { 'text/plain': { schema: { type: 'string' } } },
    }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Promise)
], OperationsController.prototype, "text", null);
OperationsController = __decorate([
    ApiTags('operations'),
    Controller(),
    __metadata("design:paramtypes", [Health,
        Metrics])
], OperationsController);
export { OperationsController };
/** A report that is not ok is an error too, and carries the envelope beside its checks. */
function answer(reply, { ok, checks }) {
    if (ok) {
        reply.send({ status: 'ok', checks });
        return;
    }
    const type = 'unavailable';
    const detail = { type, message: 'not everything this needs is up; see checks' };
    reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send({ type, detail, status: 'unavailable', checks });
}
