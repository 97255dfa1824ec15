export { llmRecorded } from './llm-recorded.js';
export type { LlmRecordedFields } from './llm-recorded.js';
export { SubscriberTest } from './subscriber-test.js';
export type { BuriedMessage, SubscriberTestOptions } from './subscriber-test.js';
