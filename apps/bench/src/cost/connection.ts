import { connect, type Socket } from 'node:net';

const ANSWER_TIMEOUT_MS = 15_000;
const HEAD_END = '\r\n\r\n';

/** A request as the bytes that go over the wire, made once: what sending costs must not hide what serving costs. */
export interface WireRequest {
  readonly bytes: Buffer;
  readonly bodyBytes: number;
  readonly events: number;
}

export interface RequestParts {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly body: Buffer;
  readonly events: number;
  readonly apiKey: string;
  readonly contentType: string;
  readonly keepAlive: boolean;
}

export function wireRequest(parts: RequestParts): WireRequest {
  const { method = 'POST', path, body, events, apiKey, contentType, keepAlive } = parts;
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: Bearer ${apiKey}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${body.length}`,
    ...(keepAlive ? [] : ['Connection: close']),
  ];
  const bytes = Buffer.concat([Buffer.from(head.join('\r\n') + HEAD_END), body]);
  return { bytes, bodyBytes: body.length, events };
}

/** One connection, one request at a time. An answer other than 200 rejects: it would measure a refusal. */
export class Connection {
  private received = '';
  private resolve: (body: string) => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text: string) => this.take(text));
    socket.on('error', (error) => this.reject(error));
    socket.on('close', () => this.reject(new Error(`the server hung up; received: ${this.received.slice(0, 300)}`)));
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS} ms`)));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
      socket.once('error', reject);
    });
  }

  /** One that was idle for too long is, and nothing sent over it would ever be answered. */
  get isClosed(): boolean {
    return this.socket.destroyed;
  }

  /** Resolves with the body of the answer. */
  send(request: WireRequest): Promise<string> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.socket.write(request.bytes);
    });
  }

  close(): void {
    this.reject = () => undefined;
    this.socket.destroy();
  }

  /** The servers measured announce the length of every answer. */
  private take(text: string): void {
    this.received += text;
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const length = Number(/content-length: *(\d+)/i.exec(this.received.slice(0, headEnd))?.[1]);
    if (this.received.length < headEnd + HEAD_END.length + length) return;
    const answer = this.received;
    this.received = '';
    if (answer.startsWith('HTTP/1.1 20') && !answer.startsWith('HTTP/1.1 207'))
      this.resolve(answer.slice(headEnd + HEAD_END.length));
    else this.reject(new Error(`a request was answered: ${answer.slice(0, 500)}`));
  }
}
