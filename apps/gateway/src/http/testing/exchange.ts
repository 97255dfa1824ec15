import { request as httpRequest, type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { STATUS_OF_SLUG, type FieldError, type Slug } from '../errors.js';
import { VALID_KEY } from './in-memory-use-cases.js';
import type { RunningGateway } from './running-gateway.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; `undefined` if it is empty. */
  readonly json: unknown;
}

export interface Sending {
  readonly headers?: OutgoingHttpHeaders;
  /** An object is sent as JSON, a string or bytes as they are. */
  readonly body?: unknown;
  readonly key?: string | null;
  readonly agent?: Agent;
}

/** One request through node's client, with the valid key and JSON where nothing else is said. */
export function send(gateway: RunningGateway, method: string, path: string, sending: Sending = {}): Promise<Answer> {
  const { body, key = VALID_KEY, agent } = sending;
  const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const headers: OutgoingHttpHeaders = { ...(key !== null && { authorization: `Bearer ${key}` }), ...sending.headers };
  if (bytes !== undefined && headers['transfer-encoding'] === undefined)
    headers['content-length'] ??= Buffer.byteLength(bytes);
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: gateway.port, method, path, headers, agent: agent ?? false } as const;
    const outgoing = httpRequest(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const json: unknown = text === '' || !isJson(incoming.headers) ? undefined : JSON.parse(text);
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

const isJson = (headers: IncomingHttpHeaders): boolean => headers['content-type']?.includes('json') === true;

/** A bare connection: what is sent and when it is sent is the test's affair. */
export class Wire {
  private received = '';
  private closed = false;
  private wake: () => void = () => undefined;

  private constructor(readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.received += text;
      this.wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.wake();
    });
  }

  static open(gateway: RunningGateway): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect(gateway.port, '127.0.0.1', () => resolve(new Wire(socket)));
      socket.once('error', reject);
    });
  }

  write(data: string | Buffer): void {
    this.socket.write(data);
  }

  /** Resolves with everything received, once it holds `part`; rejects when the connection ends or 5 s pass before. */
  async until(part: string, timeoutMs = 5_000): Promise<string> {
    await this.waitFor(() => this.received.includes(part), `received ${JSON.stringify(part)}`, timeoutMs);
    return this.received;
  }

  /** Resolves with everything received, once the other side has closed. */
  async untilClosed(timeoutMs = 5_000): Promise<string> {
    await this.waitFor(() => this.closed, 'saw the connection closed', timeoutMs);
    return this.received;
  }

  /** The last answer's body, once it is complete. */
  async answer(): Promise<{ readonly head: string; readonly json: unknown }> {
    let complete: ReturnType<typeof completeAnswer>;
    await this.waitFor(() => (complete = completeAnswer(this.received)) !== undefined, 'received an answer', 5_000);
    return complete as unknown as NonNullable<typeof complete>;
  }

  close(): void {
    this.socket.destroy();
  }

  private async waitFor(done: () => boolean, what: string, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!done()) {
      const leftMs = deadline - Date.now();
      if (this.closed || leftMs <= 0) throw new Error(`never ${what}; received: ${this.received.slice(0, 500)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

function completeAnswer(received: string): { readonly head: string; readonly json: unknown } | undefined {
  const start = [...received.matchAll(/HTTP\/1\.1 \d{3} /g)].at(-1)?.index ?? -1;
  const headEnd = received.indexOf('\r\n\r\n', start);
  if (start === -1 || headEnd === -1) return undefined;
  const head = received.slice(start, headEnd);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
  const body = received.slice(headEnd + 4);
  return Buffer.byteLength(body) === length ? { head, json: JSON.parse(body) as unknown } : undefined;
}

/** The slug of an error's body; throws unless it has the envelope of the contract, with the same slug twice. */
export function slugOf(json: unknown): Slug {
  const { type, detail } = json as { type: Slug; detail: { type: Slug; message: string } };
  if (!Object.hasOwn(STATUS_OF_SLUG, type) || detail.type !== type || typeof detail.message !== 'string') {
    throw new Error(`not the envelope of an error: ${JSON.stringify(json)}`);
  }
  return type;
}

/** Status and slug of an error's answer, e.g. `404 not-found`; throws unless it is one. */
export function problemOf(answer: Answer): string {
  const slug = slugOf(answer.json);
  if (answer.status !== STATUS_OF_SLUG[slug]) throw new Error(`${slug} came with status ${answer.status}`);
  return `${answer.status} ${slug}`;
}

/** The fields an error names. */
export const pathsOf = (answer: Answer): string[] =>
  ((answer.json as { detail: { errors?: FieldError[] } }).detail.errors ?? []).map(({ path }) => path);

export const messageOf = (answer: Answer): string => (answer.json as { detail: { message: string } }).detail.message;
