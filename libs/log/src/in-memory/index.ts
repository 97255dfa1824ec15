export { MemoryEnvironment } from './memory-environment.js';
export { openMemoryLog } from './memory.log.js';
export type { MemoryLogOptions } from './memory.log.js';
export { MemorySpoolPlace } from './memory-spool-disk.js';
export type { MemorySpoolDisk } from './memory-spool-disk.js';
