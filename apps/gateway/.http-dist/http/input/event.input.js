var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { fingerprintId } from '@logbook/contracts';
import { HttpProblem } from '../errors.js';
import { checkFields } from './check-fields.js';
import { aName, aNameOrEmpty, anObject, aUuid, Field, NAME_SCHEMA } from './fields.js';
const anLlmCall = (value) => (value === 'llm' ? undefined : 'must be "llm"');
export class CreateEventInput {
    event_name;
    properties;
    fingerprint_id;
    agent;
    agent_version;
    person;
    session;
}
__decorate([
    Field({ rule: anLlmCall, presence: 'REQUIRED', schema: { type: 'string', enum: ['llm'] } }),
    __metadata("design:type", String)
], CreateEventInput.prototype, "event_name", void 0);
__decorate([
    Field({
        rule: anObject,
        presence: 'REQUIRED',
        schema: {
            type: 'object',
            additionalProperties: true,
            description: 'Whatever the client recorded: usually api, inputs and output. Kept as the bytes that were sent.',
        },
    }),
    __metadata("design:type", Object)
], CreateEventInput.prototype, "properties", void 0);
__decorate([
    Field({
        rule: aUuid,
        presence: 'REQUIRED',
        schema: { type: 'string', format: 'uuid', description: 'From PUT /fingerprints.' },
    }),
    __metadata("design:type", String)
], CreateEventInput.prototype, "fingerprint_id", void 0);
__decorate([
    Field({
        rule: aName,
        presence: 'NULLABLE',
        schema: { ...NAME_SCHEMA, description: 'Created when unknown; `default` when absent.' },
    }),
    __metadata("design:type", Object)
], CreateEventInput.prototype, "agent", void 0);
__decorate([
    Field({
        rule: aName,
        presence: 'NULLABLE',
        schema: { ...NAME_SCHEMA, description: 'Created when unknown; `default` when absent.' },
    }),
    __metadata("design:type", Object)
], CreateEventInput.prototype, "agent_version", void 0);
__decorate([
    Field({ rule: aName, presence: 'NULLABLE', schema: { ...NAME_SCHEMA, description: 'Created when unknown.' } }),
    __metadata("design:type", Object)
], CreateEventInput.prototype, "person", void 0);
__decorate([
    Field({
        rule: aNameOrEmpty,
        presence: 'NULLABLE',
        schema: { ...NAME_SCHEMA, description: 'Created when unknown. Empty is answered 422 session-id-empty.' },
    }),
    __metadata("design:type", Object)
], CreateEventInput.prototype, "session", void 0);
/** Checks one event's envelope: the body of POST /events, or one item of a batch. */
export function checkEvent(json) {
    const check = checkFields(CreateEventInput, json);
    if (check.outcome === 'INVALID')
        return check;
    const { properties, fingerprint_id, agent, agent_version, person, session } = check.fields;
    if (session === '')
        return { outcome: 'SESSION_EMPTY', message: 'session must not be empty; leave it out for none' };
    return {
        outcome: 'VALID',
        fields: {
            properties,
            fingerprintId: fingerprintId(fingerprint_id.toLowerCase()),
            agentName: agent ?? null,
            agentVersionName: agent_version ?? null,
            personId: person ?? null,
            session: session ?? null,
        },
    };
}
/** The same, throwing invalid-request or session-id-empty. */
export function requireEvent(json) {
    const check = checkEvent(json);
    switch (check.outcome) {
        case 'VALID':
            return check.fields;
        case 'SESSION_EMPTY':
            throw new HttpProblem({ slug: 'session-id-empty', message: check.message });
        case 'INVALID':
            throw new HttpProblem({ slug: 'invalid-request', message: check.message, errors: check.errors });
    }
}
