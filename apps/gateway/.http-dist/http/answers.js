var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { ApiProperty } from '@nestjs/swagger';
/** The shapes of the answers, as OpenAPI shows them. */
export class EventAnswer {
    id;
}
__decorate([
    ApiProperty({ type: 'string', format: 'uuid' }),
    __metadata("design:type", String)
], EventAnswer.prototype, "id", void 0);
export class FingerprintAnswer {
    fingerprint_id;
}
__decorate([
    ApiProperty({ type: 'string', format: 'uuid' }),
    __metadata("design:type", String)
], FingerprintAnswer.prototype, "fingerprint_id", void 0);
export class AgentAnswer {
    agent_name;
    description;
    agent_number;
    created_at;
    deprecated_at;
}
__decorate([
    ApiProperty({ type: 'string' }),
    __metadata("design:type", String)
], AgentAnswer.prototype, "agent_name", void 0);
__decorate([
    ApiProperty({ type: 'string', nullable: true }),
    __metadata("design:type", Object)
], AgentAnswer.prototype, "description", void 0);
__decorate([
    ApiProperty({ type: 'integer', minimum: 1, description: 'Counts the agents of a tenant in the order of creation.' }),
    __metadata("design:type", Number)
], AgentAnswer.prototype, "agent_number", void 0);
__decorate([
    ApiProperty({ type: 'string', format: 'date-time' }),
    __metadata("design:type", String)
], AgentAnswer.prototype, "created_at", void 0);
__decorate([
    ApiProperty({ type: 'string', format: 'date-time', nullable: true }),
    __metadata("design:type", Object)
], AgentAnswer.prototype, "deprecated_at", void 0);
export class AgentVersionAnswer {
    agent_version_name;
    description;
    agent_version_number;
    created_at;
    deprecated_at;
}
__decorate([
    ApiProperty({ type: 'string' }),
    __metadata("design:type", String)
], AgentVersionAnswer.prototype, "agent_version_name", void 0);
__decorate([
    ApiProperty({ type: 'string', nullable: true }),
    __metadata("design:type", Object)
], AgentVersionAnswer.prototype, "description", void 0);
__decorate([
    ApiProperty({ type: 'integer', minimum: 1, description: 'Counts the versions of an agent in the order of creation.' }),
    __metadata("design:type", Number)
], AgentVersionAnswer.prototype, "agent_version_number", void 0);
__decorate([
    ApiProperty({ type: 'string', format: 'date-time' }),
    __metadata("design:type", String)
], AgentVersionAnswer.prototype, "created_at", void 0);
__decorate([
    ApiProperty({ type: 'string', format: 'date-time', nullable: true }),
    __metadata("design:type", Object)
], AgentVersionAnswer.prototype, "deprecated_at", void 0);
export class PersonAnswer {
    person_id;
    properties;
    created_at;
}
__decorate([
    ApiProperty({ type: 'string' }),
    __metadata("design:type", String)
], PersonAnswer.prototype, "person_id", void 0);
__decorate([
    ApiProperty({ type: 'object', additionalProperties: true, nullable: true, description: 'Exactly as sent.' }),
    __metadata("design:type", Object)
], PersonAnswer.prototype, "properties", void 0);
__decorate([
    ApiProperty({ type: 'string', format: 'date-time' }),
    __metadata("design:type", String)
], PersonAnswer.prototype, "created_at", void 0);
export class HealthAnswer {
    status;
    checks;
}
__decorate([
    ApiProperty({ type: 'string', enum: ['ok', 'unavailable'] }),
    __metadata("design:type", String)
], HealthAnswer.prototype, "status", void 0);
__decorate([
    ApiProperty({ type: 'object', additionalProperties: true, description: 'What is up, what is not, and lag.' }),
    __metadata("design:type", Object)
], HealthAnswer.prototype, "checks", void 0);
