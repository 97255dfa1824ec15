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
import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { Describe } from '../../openapi/api-operation.js';
import { EventAnswer } from '../answers.js';
import { CreateEventInput, requireEvent } from '../input/event.input.js';
import { Body, CallerTenant, IdempotencyKey, Traceparent } from '../input/request-parameters.js';
import { refusalOf } from '../refusals.js';
import { EventIntake } from '../use-cases.js';
let EventsController = class EventsController {
    events;
    constructor(events) {
        this.events = events;
    }
    async create(tenant, body, idempotencyKey, traceparent) {
        const outcome = await this.events.record({
            tenant,
            text: body.text,
            ...requireEvent(body.json),
            idempotencyKey,
            ...(traceparent !== undefined && { traceparent }),
        });
        if (outcome.outcome === 'RECORDED')
            return { id: outcome.id };
        throw refusalOf(outcome);
    }
};
__decorate([
    Post(),
    HttpCode(200),
    Describe({
        operationId: 'createEvent',
        summary: 'Record an LLM call',
        description: 'Agents, versions, people and sessions that it names and that are unknown are created.',
        body: CreateEventInput,
        answer: EventAnswer,
        problems: ['fingerprint-not-found', 'session-id-empty', 'too-many-requests'],
    }),
    ApiHeader({
        name: 'Idempotency-Key',
        required: false,
        description: 'The same key of one session, or of none, is one event however often it is sent.',
        schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
    }),
    __param(0, CallerTenant()),
    __param(1, Body()),
    __param(2, IdempotencyKey()),
    __param(3, Traceparent()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object, Object, Object]),
    __metadata("design:returntype", Promise)
], EventsController.prototype, "create", null);
EventsController = __decorate([
    ApiTags('events'),
    Controller('api/v1/events'),
    __metadata("design:paramtypes", [EventIntake])
], EventsController);
export { EventsController };
