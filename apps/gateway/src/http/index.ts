export { HttpProblem, problemBody, SLUGS, STATUS_OF_SLUG } from './errors.js';
export type { FieldError, Problem, Slug } from './errors.js';
export { createGatewayApp } from './gateway-app.js';
export type { AnsweredRequest, GatewayAppOptions } from './gateway-app.js';
export { GatewayHttpModule } from './gateway-http.module.js';
export { operationOf } from './request-trail.js';
export type { UseCases } from './gateway-http.module.js';
export { DEFAULT_TIMEOUTS } from './server-options.js';
export type { HttpTimeouts } from './server-options.js';
export { Agents, AgentVersions, EventIntake, Fingerprints, Health, Metrics, People } from './use-cases.js';
export type {
  AgentName,
  AgentVersionName,
  AgentVersionView,
  AgentView,
  Changes,
  EventOutcome,
  EventToRecord,
  FingerprintFields,
  FingerprintOutcome,
  HealthReport,
  PersonName,
  PersonView,
  TooLarge,
  Unavailable,
} from './use-cases.js';
