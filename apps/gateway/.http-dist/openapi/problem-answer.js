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
import { SLUGS } from '../http/errors.js';
class FieldErrorAnswer {
    path;
    message;
}
__decorate([
    ApiProperty({ type: 'string', description: 'The field, as the client wrote it; empty for the body itself.' }),
    __metadata("design:type", String)
], FieldErrorAnswer.prototype, "path", void 0);
__decorate([
    ApiProperty({ type: 'string' }),
    __metadata("design:type", String)
], FieldErrorAnswer.prototype, "message", void 0);
class ProblemDetailAnswer {
    type;
    message;
    errors;
}
__decorate([
    ApiProperty({ type: 'string', enum: SLUGS }),
    __metadata("design:type", String)
], ProblemDetailAnswer.prototype, "type", void 0);
__decorate([
    ApiProperty({ type: 'string' }),
    __metadata("design:type", String)
], ProblemDetailAnswer.prototype, "message", void 0);
__decorate([
    ApiProperty({ type: FieldErrorAnswer, isArray: true, required: false }),
    __metadata("design:type", Array)
], ProblemDetailAnswer.prototype, "errors", void 0);
/** The envelope of every error; see docs/http-errors.md. */
export class ProblemAnswer {
    type;
    detail;
}
__decorate([
    ApiProperty({ type: 'string', enum: SLUGS }),
    __metadata("design:type", String)
], ProblemAnswer.prototype, "type", void 0);
__decorate([
    ApiProperty({ type: ProblemDetailAnswer }),
    __metadata("design:type", ProblemDetailAnswer)
], ProblemAnswer.prototype, "detail", void 0);
