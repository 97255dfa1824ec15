import { Agent, request } from 'node:http';

const REQUEST_TIMEOUT_MS = 15_000;

export interface HttpTarget {
  readonly url: string;
  readonly apiKey: string;
  readonly keepAlive: boolean;
  readonly connectionsMax: number;
}

/** Sends requests over connections of its own; rejects for any answer but 200, because that would measure a refusal. */
export class HttpRequests {
  private readonly agent: Agent;

  constructor(private readonly target: HttpTarget) {
    this.agent = new Agent({ keepAlive: target.keepAlive, maxSockets: target.connectionsMax });
  }

  send(method: 'PUT' | 'POST', path: string, body: Buffer): Promise<string> {
    const { url, apiKey } = this.target;
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'content-length': body.length,
      };
      const sent = request(
        `${url}${path}`,
        { method, headers, agent: this.agent, timeout: REQUEST_TIMEOUT_MS },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            if (response.statusCode === 200) resolve(text);
            else reject(new Error(`${method} ${path} was answered ${response.statusCode}: ${text.slice(0, 500)}`));
          });
        },
      );
      sent.on('timeout', () =>
        sent.destroy(new Error(`${method} ${path} was not answered within ${REQUEST_TIMEOUT_MS} ms`)),
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
