import { HttpProblem, type Slug } from './errors.js';
import { tooMany } from './request-limit.hook.js';
import type { NotAppended, Unavailable } from './use-cases.js';

export interface Refusal {
  readonly outcome: 'FINGERPRINT_NOT_FOUND' | 'AGENT_NOT_FOUND' | 'AGENT_VERSION_NOT_FOUND' | 'PERSON_NOT_FOUND';
}

const NOT_FOUND: Readonly<Record<Refusal['outcome'], { readonly slug: Slug; readonly message: string }>> = {
  FINGERPRINT_NOT_FOUND: {
    slug: 'fingerprint-not-found',
    message: 'no such fingerprint; create it with PUT /fingerprints',
  },
  AGENT_NOT_FOUND: { slug: 'agent-not-found', message: 'no agent has this name' },
  AGENT_VERSION_NOT_FOUND: { slug: 'agent-version-not-found', message: 'no version of this agent has this name' },
  PERSON_NOT_FOUND: { slug: 'person-not-found', message: 'no person has this id' },
};

/** The problem that answers an outcome which is not a success. */
export function refusalOf(refusal: Refusal | Unavailable | NotAppended): HttpProblem {
  switch (refusal.outcome) {
    case 'UNAVAILABLE':
      return new HttpProblem({
        slug: 'unavailable',
        message: refusal.reason,
        headers: { 'retry-after': String(Math.max(1, Math.ceil(refusal.retryAfterSeconds))) },
      });
    case 'TOO_LARGE':
      return new HttpProblem({ slug: 'payload-too-large', message: 'this is too large for one message of the log' });
    case 'OVER_QUOTA':
      return new HttpProblem(tooMany('this tenant may bring up no more new names for now', refusal.retryAfterMs));
    default:
      return new HttpProblem(NOT_FOUND[refusal.outcome]);
  }
}
