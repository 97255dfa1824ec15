export { serveHealth } from './health-server.js';
export type { HealthCheck, HealthServer, HealthServerOptions } from './health-server.js';
export { createLogger, driverLogger, nestLogger } from './logger.js';
export type { Logger } from './logger.js';
export { Metrics, METRICS } from './metrics.js';
export type { MetricName } from './metrics.js';
