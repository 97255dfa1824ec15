import { request, type IncomingHttpHeaders } from 'node:http';

export interface ApiRequest {
  readonly method?: string;
  /** From the root, sent byte for byte: no URL library folds or escapes anything in it. */
  readonly path: string;
  /** `null` leaves out a header that would be sent otherwise. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Sent as it is; an object as JSON. */
  readonly body?: string | Buffer | object;
  /** `null` sends no key; absent sends the system's. */
  readonly key?: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; throws when it is not JSON. Cast by whoever knows the operation. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names the operation's shape once, instead of a cast around each call
  json<T = Record<string, unknown>>(): T;
}

const ANSWER_TIMEOUT_MS = 30_000;
const API_PREFIX = '/api/v1';

/**
 * A client of the HTTP API that hides nothing. Like the published one it opens a connection for each call. Takes turns
 * over the gateways, so that no test leans on what one gateway remembers.
 */
export class Api {
  private turn = 0;

  constructor(
    private readonly urls: () => readonly string[],
    private readonly key: string,
    private readonly answerTimeoutMs = ANSWER_TIMEOUT_MS,
  ) {}

  get(path: string): Promise<Answer> {
    return this.send({ path: API_PREFIX + path });
  }

  post(
    path: string,
    body: string | Buffer | object,
    headers: Readonly<Record<string, string | null>> = {},
  ): Promise<Answer> {
    return this.send({ method: 'POST', path: API_PREFIX + path, body, headers });
  }

  put(path: string, body: string | Buffer | object): Promise<Answer> {
    return this.send({ method: 'PUT', path: API_PREFIX + path, body });
  }

  patch(path: string, body: string | Buffer | object): Promise<Answer> {
    return this.send({ method: 'PATCH', path: API_PREFIX + path, body });
  }

  send({ method = 'GET', path, headers = {}, body, key = this.key }: ApiRequest): Promise<Answer> {
    const urls = this.urls();
    const url = new URL(urls[this.turn++ % urls.length] as string);
    const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const given: Record<string, string | null> = {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(bytes !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(bytes)),
      }),
      ...headers,
    };
    const sent = Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    );
    return new Promise((resolve, reject) => {
      const outgoing = request({
        host: url.hostname,
        port: url.port,
        method,
        path,
        headers: sent,
        agent: false,
        signal: AbortSignal.timeout(this.answerTimeoutMs),
      });
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.once('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parserOf(text) });
        });
      });
      outgoing.end(bytes);
    });
  }
}

/** Typed by the interface it fills. */
const parserOf = (text: string): Answer['json'] => (() => JSON.parse(text) as unknown) as Answer['json'];
