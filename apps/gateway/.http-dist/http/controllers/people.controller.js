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
import { Controller, Get, Header, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe } from '../../openapi/api-operation.js';
import { PersonAnswer } from '../answers.js';
import { requireFields } from '../input/check-fields.js';
import { CreatePersonInput, propertiesText, UpdatePersonInput } from '../input/person.input.js';
import { Body, CallerTenant, PathName } from '../input/request-parameters.js';
import { presentPerson } from '../presenters.js';
import { refusalOf } from '../refusals.js';
import { JSON_TYPE } from '../response-headers.js';
import { People } from '../use-cases.js';
/** Answers are JSON text, and so need their content type said. */
let PeopleController = class PeopleController {
    people;
    constructor(people) {
        this.people = people;
    }
    async get(tenant, personId) {
        const outcome = await this.people.get({ tenant, personId });
        if (outcome.outcome === 'FOUND')
            return presentPerson(outcome.person);
        throw refusalOf(outcome);
    }
    async create(tenant, body) {
        const fields = requireFields(CreatePersonInput, body.json);
        const outcome = await this.people.create({
            tenant,
            personId: fields.person_id,
            propertiesJson: fields.properties == null ? null : propertiesText(body.text),
        });
        if (outcome.outcome === 'FOUND')
            return presentPerson(outcome.person);
        throw refusalOf(outcome);
    }
    async update(tenant, personId, body) {
        requireFields(UpdatePersonInput, body.json);
        const outcome = await this.people.update({ tenant, personId, propertiesJson: propertiesText(body.text) });
        if (outcome.outcome === 'FOUND')
            return presentPerson(outcome.person);
        throw refusalOf(outcome);
    }
};
__decorate([
    Get(':person_id'),
    Header('content-type', JSON_TYPE),
    Describe({
        operationId: 'getPerson',
        summary: 'Get a person',
        pathNames: ['person_id'],
        answer: PersonAnswer,
        problems: ['person-not-found'],
    }),
    __param(0, CallerTenant()),
    __param(1, PathName('person_id')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String]),
    __metadata("design:returntype", Promise)
], PeopleController.prototype, "get", null);
__decorate([
    Put(),
    Header('content-type', JSON_TYPE),
    Describe({
        operationId: 'createPerson',
        summary: 'Create a person',
        description: 'One that exists keeps created_at, and its properties where none are sent.',
        body: CreatePersonInput,
        answer: PersonAnswer,
    }),
    __param(0, CallerTenant()),
    __param(1, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object]),
    __metadata("design:returntype", Promise)
], PeopleController.prototype, "create", null);
__decorate([
    Put(':person_id'),
    Header('content-type', JSON_TYPE),
    Describe({
        operationId: 'updatePerson',
        summary: 'Replace the properties of a person',
        pathNames: ['person_id'],
        body: UpdatePersonInput,
        answer: PersonAnswer,
        problems: ['person-not-found'],
    }),
    __param(0, CallerTenant()),
    __param(1, PathName('person_id')),
    __param(2, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String, Object]),
    __metadata("design:returntype", Promise)
], PeopleController.prototype, "update", null);
PeopleController = __decorate([
    ApiTags('people'),
    Controller('api/v1/people'),
    __metadata("design:paramtypes", [People])
], PeopleController);
export { PeopleController };
