export type { FollowedState } from './followed-generations.js';
export { followGeneration, logEndsOf } from './generation-follower.js';
export type { FollowerOptions, GenerationFollower } from './generation-follower.js';
export { startProjector } from './start-projector.js';
export type { ProjectorOptions, RunningProjector } from './start-projector.js';
