export { startProjector } from './start-projector.js';
export type { ProjectorOptions, RunningProjector } from './start-projector.js';
