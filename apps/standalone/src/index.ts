export { startStandalone } from './start-standalone.js';
export type { StandaloneOptions, StandaloneServer } from './start-standalone.js';
