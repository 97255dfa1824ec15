import { createGatewayApp } from '../http/gateway-app.js';
import { Agents, AgentVersions, EventIntake, Fingerprints, Health, Metrics, People } from '../http/use-cases.js';
import { KeyRing } from '../keys/key-ring.js';
/** An instance none of whose methods exist: enough to be injected, and a loud error if it is ever called. */
const uncallable = (port) => Object.create(port.prototype);
/** The gateway's application with nothing behind it: its routes can be described, not called. */
export function createUndrivenApp() {
    return createGatewayApp({
        keyRing: uncallable(KeyRing),
        useCases: {
            events: uncallable(EventIntake),
            fingerprints: uncallable(Fingerprints),
            agents: uncallable(Agents),
            agentVersions: uncallable(AgentVersions),
            people: uncallable(People),
            health: uncallable(Health),
            metrics: uncallable(Metrics),
        },
        bodyBytesMax: 1,
        logger: false,
    });
}
