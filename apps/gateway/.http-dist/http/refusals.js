import { HttpProblem } from './errors.js';
const NOT_FOUND = {
    FINGERPRINT_NOT_FOUND: { slug: 'fingerprint-not-found', message: 'no such fingerprint; create it with PUT /fingerprints' },
    AGENT_NOT_FOUND: { slug: 'agent-not-found', message: 'no agent has this name' },
    AGENT_VERSION_NOT_FOUND: { slug: 'agent-version-not-found', message: 'no version of this agent has this name' },
    PERSON_NOT_FOUND: { slug: 'person-not-found', message: 'no person has this id' },
};
/** The problem that answers an outcome which is not a success. */
export function refusalOf(refusal) {
    switch (refusal.outcome) {
        case 'UNAVAILABLE':
            return new HttpProblem({
                slug: 'unavailable',
                message: refusal.reason,
                headers: { 'retry-after': String(Math.max(1, Math.ceil(refusal.retryAfterSeconds))) },
            });
        case 'TOO_LARGE':
            return new HttpProblem({ slug: 'payload-too-large', message: 'this is too large for one message of the log' });
        default:
            return new HttpProblem(NOT_FOUND[refusal.outcome]);
    }
}
