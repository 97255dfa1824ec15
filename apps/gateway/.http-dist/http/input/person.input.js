var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { memberText } from '@logbook/contracts';
import { aName, anObject, Field, NAME_SCHEMA } from './fields.js';
const OBJECT_SCHEMA = { type: 'object', additionalProperties: true };
export class CreatePersonInput {
    person_id;
    properties;
}
__decorate([
    Field({ rule: aName, presence: 'REQUIRED', schema: NAME_SCHEMA }),
    __metadata("design:type", String)
], CreatePersonInput.prototype, "person_id", void 0);
__decorate([
    Field({
        rule: anObject,
        presence: 'NULLABLE',
        schema: { ...OBJECT_SCHEMA, description: 'Replaces those of an existing person; null or absent keeps them.' },
    }),
    __metadata("design:type", Object)
], CreatePersonInput.prototype, "properties", void 0);
export class UpdatePersonInput {
    properties;
}
__decorate([
    Field({
        rule: anObject,
        presence: 'REQUIRED',
        schema: { ...OBJECT_SCHEMA, description: 'Replaces the whole object.' },
    }),
    __metadata("design:type", Object)
], UpdatePersonInput.prototype, "properties", void 0);
/** The literal text of `properties` in a body whose fields were checked: parsed and printed it would differ. */
export function propertiesText(text) {
    const properties = memberText(text, 'properties');
    if (properties === undefined)
        throw new Error('a checked body has properties, yet their text was not found');
    return properties;
}
