import { request, type ClientRequest } from 'node:http';

const ANSWER_TIMEOUT_MS = 30_000;

/** A request the server has taken up, as its 100 Continue proves, and cannot answer until the body comes. */
export class UnfinishedRequest {
  private constructor(
    private readonly outgoing: ClientRequest,
    private readonly body: string,
  ) {}

  static begin({ url, apiKey, body }: { url: string; apiKey: string; body: object }): Promise<UnfinishedRequest> {
    const text = JSON.stringify(body);
    const outgoing = request(`${url}/api/v1/events`, {
      method: 'POST',
      agent: false,
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        expect: '100-continue',
      },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return new Promise((resolve, reject) => {
      outgoing.once('error', reject);
      outgoing.once('continue', () => resolve(new UnfinishedRequest(outgoing, text)));
      outgoing.flushHeaders();
    });
  }

  /** Sends the body and gives the answer. */
  finish(): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      this.outgoing.once('error', reject);
      this.outgoing.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      this.outgoing.end(this.body);
    });
  }

  /** Gives it up. */
  abandon(): void {
    this.outgoing.on('error', () => undefined);
    this.outgoing.destroy();
  }
}
