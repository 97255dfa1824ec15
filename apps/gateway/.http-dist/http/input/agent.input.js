var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { aBoolean, aName, aString, Field, NAME_SCHEMA, stringOrNull } from './fields.js';
const NullableDescription = () => Field({ rule: aString, presence: 'NULLABLE', schema: { type: 'string' } });
export class CreateAgentInput {
    agent_name;
    description;
}
__decorate([
    Field({ rule: aName, presence: 'REQUIRED', schema: NAME_SCHEMA }),
    __metadata("design:type", String)
], CreateAgentInput.prototype, "agent_name", void 0);
__decorate([
    NullableDescription(),
    __metadata("design:type", Object)
], CreateAgentInput.prototype, "description", void 0);
export class CreateAgentVersionInput {
    agent_version_name;
    description;
}
__decorate([
    Field({ rule: aName, presence: 'REQUIRED', schema: NAME_SCHEMA }),
    __metadata("design:type", String)
], CreateAgentVersionInput.prototype, "agent_version_name", void 0);
__decorate([
    NullableDescription(),
    __metadata("design:type", Object)
], CreateAgentVersionInput.prototype, "description", void 0);
/** What can be changed of an agent, and of an agent version. */
export class ChangeInput {
    description;
    deprecated;
}
__decorate([
    Field({
        rule: stringOrNull,
        presence: 'OPTIONAL',
        schema: { type: 'string', nullable: true, description: 'null clears it; absent leaves it.' },
    }),
    __metadata("design:type", Object)
], ChangeInput.prototype, "description", void 0);
__decorate([
    Field({
        rule: aBoolean,
        presence: 'OPTIONAL',
        schema: { type: 'boolean', description: 'true sets deprecated_at once, false clears it; absent leaves it.' },
    }),
    __metadata("design:type", Boolean)
], ChangeInput.prototype, "deprecated", void 0);
