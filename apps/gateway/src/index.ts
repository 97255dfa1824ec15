export { openIntake } from './open-intake.js';
export type { Intake, IntakeOptions } from './open-intake.js';
export { startGateway } from './start-gateway.js';
export type { GatewayOptions, RunningGateway } from './start-gateway.js';
