export { parseJson } from './body/parse-body.js';
export { HttpProblem, problemBody, SLUGS, STATUS_OF_SLUG } from './errors.js';
export { createGatewayApp } from './gateway-app.js';
export { GatewayHttpModule } from './gateway-http.module.js';
export { checkEvent } from './input/event.input.js';
export { Body, CallerTenant } from './input/request-parameters.js';
export { refusalOf } from './refusals.js';
export { DEFAULT_TIMEOUTS } from './server-options.js';
export { Agents, AgentVersions, EventIntake, Fingerprints, Health, Metrics, People } from './use-cases.js';
