export { DataDirectory, readOwner } from './data-directory.js';
export type { DirectoryOwner } from './data-directory.js';
export { LOG_LEVELS } from './environment.js';
export type { LogLevel } from './environment.js';
export { explain, runService, StartError } from './run-service.js';
export type { RunningService } from './run-service.js';
export { ENVIRONMENT_VARIABLES, readSettings, SettingsError } from './settings.js';
export type { Service, Settings } from './settings.js';
