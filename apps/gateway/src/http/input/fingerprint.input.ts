import type { FingerprintFields } from '../use-cases.js';
import { requireFields } from './check-fields.js';
import { anObjectOfStrings, aString, Field } from './fields.js';

const Text = (description: string): PropertyDecorator =>
  Field({ rule: aString, presence: 'REQUIRED', schema: { type: 'string', description } });
const NullableText = (description: string): PropertyDecorator =>
  Field({ rule: aString, presence: 'NULLABLE', schema: { type: 'string', description } });

export class CreateFingerprintInput {
  @Text('The programming language of the client.')
  language!: string;

  @Text('Its version.')
  language_version!: string;

  @Text('The operating system.')
  system!: string;

  @NullableText('The version of the OpenAI SDK.')
  openai_sdk_version?: string | null;

  @NullableText('The version of the Anthropic SDK.')
  anthropic_sdk_version?: string | null;

  @NullableText('The version of the Gemini SDK.')
  gemini_sdk_version?: string | null;

  @NullableText('The version of the client itself.')
  voker_sdk_version?: string | null;

  @Field({
    rule: anObjectOfStrings,
    presence: 'NULLABLE',
    schema: { type: 'object', additionalProperties: { type: 'string' }, description: 'Versions by package name.' },
  })
  all_packages?: Readonly<Record<string, string>> | null;

  @NullableText('The git remote; user-info in it is dropped.')
  git_repository_url?: string | null;

  @NullableText('The git branch.')
  git_branch?: string | null;

  @NullableText('The git commit.')
  git_commit_hash?: string | null;

  @NullableText('Its date, as git prints it.')
  git_commit_date?: string | null;
}

/** Absent and null say the same, so every field is there afterwards. Throws invalid-request. */
export function requireFingerprint(json: unknown): FingerprintFields {
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
