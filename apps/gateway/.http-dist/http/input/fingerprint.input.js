var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { requireFields } from './check-fields.js';
import { anObjectOfStrings, aString, Field } from './fields.js';
const Text = (description) => Field({ rule: aString, presence: 'REQUIRED', schema: { type: 'string', description } });
const NullableText = (description) => Field({ rule: aString, presence: 'NULLABLE', schema: { type: 'string', description } });
export class CreateFingerprintInput {
    language;
    language_version;
    system;
    openai_sdk_version;
    anthropic_sdk_version;
    gemini_sdk_version;
    voker_sdk_version;
    all_packages;
    git_repository_url;
    git_branch;
    git_commit_hash;
    git_commit_date;
}
__decorate([
    Text('The programming language of the client.'),
    __metadata("design:type", String)
], CreateFingerprintInput.prototype, "language", void 0);
__decorate([
    Text('Its version.'),
    __metadata("design:type", String)
], CreateFingerprintInput.prototype, "language_version", void 0);
__decorate([
    Text('The operating system.'),
    __metadata("design:type", String)
], CreateFingerprintInput.prototype, "system", void 0);
__decorate([
    NullableText('The version of the OpenAI SDK.'),
    __metadata("design:type", Object)
], CreateFingerprintInput.prototype, "openai_sdk_version", void 0);
__decorate([
    NullableText('The version of the Anthropic SDK.'),
    __metadata("design:type", Object)
], CreateFingerprintInput.prototype, "anthropic_sdk_version", void 0);
__decorate([
    NullableText('The version of the Gemini SDK.'),
    __metadata("design:type", Object)
], CreateFingerprintInput.prototype, "gemini_sdk_version", void 0);
__decorate([
    NullableText('The version of the client itself.'),
    __metadata("design:type", Object)
], CreateFingerprintInput.prototype, "voker_sdk_version", void 0);
__decorate([
    Field({
        rule: anObjectOfStrings,
        presence: 'NULLABLE',
        schema: { type: 'object', additionalProperties: { type: 'string' }, description: 'Versions by package name.' },
    }),
    __metadata("design:type", Object)
], CreateFingerprintInput.prototype, "all_packages", void 0);
__decorate([
    NullableText('The git remote; user-info in it is dropped.'),
    __metadata("design:type", Object)
], CreateFingerprintInput.prototype, "git_repository_url", void 0);
__decorate([
    NullableText('The git branch.'),
    __metadata("design:type", Object)
], CreateFingerprintInput.prototype, "git_branch", void 0);
__decorate([
    NullableText('The git commit.'),
    __metadata("design:type", Object)
], CreateFingerprintInput.prototype, "git_commit_hash", void 0);
__decorate([
    NullableText('Its date, as git prints it.'),
    __metadata("design:type", Object)
], CreateFingerprintInput.prototype, "git_commit_date", void 0);
/** Absent and null say the same, so every field is there afterwards. Throws invalid-request. */
export function requireFingerprint(json) {
    const input = requireFields(CreateFingerprintInput, json);
    return {
        language: input.language,
        language_version: input.language_version,
        system: input.system,
        openai_sdk_version: input.openai_sdk_version ?? null,
        anthropic_sdk_version: input.anthropic_sdk_version ?? null,
        gemini_sdk_version: input.gemini_sdk_version ?? null,
        voker_sdk_version: input.voker_sdk_version ?? null,
        all_packages: input.all_packages ?? null,
        git_repository_url: input.git_repository_url ?? null,
        git_branch: input.git_branch ?? null,
        git_commit_hash: input.git_commit_hash ?? null,
        git_commit_date: input.git_commit_date ?? null,
    };
}
