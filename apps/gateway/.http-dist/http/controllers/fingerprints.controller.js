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
import { Controller, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe } from '../../openapi/api-operation.js';
import { FingerprintAnswer } from '../answers.js';
import { CreateFingerprintInput, requireFingerprint } from '../input/fingerprint.input.js';
import { Body, CallerTenant } from '../input/request-parameters.js';
import { refusalOf } from '../refusals.js';
import { Fingerprints } from '../use-cases.js';
let FingerprintsController = class FingerprintsController {
    fingerprints;
    constructor(fingerprints) {
        this.fingerprints = fingerprints;
    }
    async create(tenant, body) {
        const outcome = await this.fingerprints.register({ tenant, fields: requireFingerprint(body.json) });
        if (outcome.outcome === 'REGISTERED')
            return { fingerprint_id: outcome.fingerprintId };
        throw refusalOf(outcome);
    }
};
__decorate([
    Put(),
    Describe({
        operationId: 'createFingerprint',
        summary: 'Report the environment of a client process',
        description: 'The same content gives the same id.',
        body: CreateFingerprintInput,
        answer: FingerprintAnswer,
    }),
    __param(0, CallerTenant()),
    __param(1, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object]),
    __metadata("design:returntype", Promise)
], FingerprintsController.prototype, "create", null);
FingerprintsController = __decorate([
    ApiTags('fingerprints'),
    Controller('api/v1/fingerprints'),
    __metadata("design:paramtypes", [Fingerprints])
], FingerprintsController);
export { FingerprintsController };
