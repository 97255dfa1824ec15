export { BatchHandler, batchPattern, ErrorsReachTheTransport } from './batch-handler.decorator.js';
export { LogTransport } from './log.transport.js';
export type { CheckpointSource, LogTransportOptions } from './log.transport.js';
