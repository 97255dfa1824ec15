/** What a server answered. */
export interface SmokeAnswer {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
}

/** Said when nothing answers at all: no further step can say anything. */
export class ServerAwayError extends Error {
  override readonly name = 'ServerAwayError';
}

const ANSWER_TIMEOUT_MS = 20_000;

/** The server under test, as a client with a key sees it. */
export class SmokeServer {
  constructor(
    private readonly url: string,
    private readonly apiKey: string,
  ) {}

  /** Rejects with `ServerAwayError` when nothing listens, or it does not answer in time. */
  async send(method: string, path: string, body?: object): Promise<SmokeAnswer> {
    try {
      const answer = await fetch(this.url + path, {
        method,
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      return {
        status: answer.status,
        text: await answer.text(),
        contentType: answer.headers.get('content-type') ?? '',
      };
    } catch (error) {
      throw new ServerAwayError(`nothing answers at ${this.url} (${reasonOf(error)})`, { cause: error });
    }
  }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
