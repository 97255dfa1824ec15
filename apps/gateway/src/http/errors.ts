/**
 * The closed list of slugs an error answer can carry, each with its status. Source: the wire contract.
 * Every one is documented in `docs/http-errors.md`; a test compares the two.
 */
export const STATUS_OF_SLUG = {
  'invalid-request': 400,
  'invalid-json': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'fingerprint-not-found': 404,
  'person-not-found': 404,
  'agent-not-found': 404,
  'agent-version-not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'session-id-empty': 422,
  'too-many-requests': 429,
  'headers-too-large': 431,
  internal: 500,
  unavailable: 503,
} as const;

export type Slug = keyof typeof STATUS_OF_SLUG;
export const SLUGS = Object.keys(STATUS_OF_SLUG) as readonly Slug[];

/** One field that is not as it must be; `path` is the field's name as the client wrote it. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** What a client is told: nothing of the request's content, nothing of our insides. */
export interface Problem {
  readonly slug: Slug;
  readonly message: string;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown anywhere between the socket and a controller's return; becomes the answer it describes. */
export class HttpProblem extends Error implements Problem {
  readonly slug: Slug;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;

  constructor({ slug, message, errors, headers }: Problem, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.slug = slug;
    if (errors !== undefined) this.errors = errors;
    if (headers !== undefined) this.headers = headers;
  }
}

/** The client went away before its request was complete: nobody is left to answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/** The slug stands twice: published clients read one or the other. */
export const problemEnvelope = ({ slug, message, errors }: Problem): ProblemEnvelope => ({
  type: slug,
  detail: { type: slug, message, ...(errors !== undefined && { errors }) },
});

export interface ProblemEnvelope {
  readonly type: Slug;
  readonly detail: { readonly type: Slug; readonly message: string; readonly errors?: readonly FieldError[] };
}

export const problemBody = (problem: Problem): string => JSON.stringify(problemEnvelope(problem));

export const statusOf = (problem: Problem): number => STATUS_OF_SLUG[problem.slug];
