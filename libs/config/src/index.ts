export { LOG_LEVELS } from './environment.js';
export type { LogLevel } from './environment.js';
export { ENVIRONMENT_VARIABLES, readSettings, SettingsError } from './settings.js';
export type { Service, Settings } from './settings.js';
