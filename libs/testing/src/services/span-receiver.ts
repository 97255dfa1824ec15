import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it was exported. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty where it began the trace. */
  readonly parentSpanId: string;
  readonly name: string;
  /** As OTLP counts: 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly isFailed: boolean;
}

/** A receiver of OTLP over HTTP, in JSON, on a free port: it keeps what it is sent. */
export interface SpanReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** How many exports were begun. */
  readonly exports: number;
  /** How many wait for an answer, and were not given up. */
  readonly waiting: number;
  /** How exports are answered from now on: SILENT ones wait until it is something else. */
  answer(how: 'TAKEN' | 'REFUSED' | 'SILENT'): void;
  close(): Promise<void>;
}

interface Keyed {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string; readonly boolValue?: boolean };
}
interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Keyed[] };
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[];
  }[];
}
interface ExportedSpan extends Pick<ReceivedSpan, 'traceId' | 'spanId' | 'name' | 'kind'> {
  readonly parentSpanId?: string;
  readonly attributes: readonly Keyed[];
  readonly links?: ReceivedSpan['links'];
  readonly status?: { readonly code?: number };
}

/** OTLP's `STATUS_CODE_ERROR`. */
const FAILED = 2;
/** No retry follows this one. */
const REFUSED_STATUS = 400;

export async function startSpanReceiver(): Promise<SpanReceiver> {
  const spans: ReceivedSpan[] = [];
  const held = new Set<() => void>();
  let how: Parameters<SpanReceiver['answer']>[0] = 'TAKEN';
  let exports = 0;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      exports += 1;
      const respond = (): void => {
        if (how === 'TAKEN') spans.push(...spansOf(JSON.parse(Buffer.concat(chunks).toString()) as Exported));
        response.writeHead(how === 'TAKEN' ? 200 : REFUSED_STATUS, { 'content-type': 'application/json' }).end('{}');
      };
      if (request.url !== '/v1/traces') response.writeHead(404).end();
      else if (how === 'SILENT') {
        held.add(respond);
        response.once('close', () => held.delete(respond));
      } else respond();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    get exports() {
      return exports;
    },
    get waiting() {
      return held.size;
    },
    answer: (next) => {
      how = next;
      if (next !== 'SILENT') for (const respond of held) respond();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function spansOf({ resourceSpans }: Exported): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId = '', name, kind, attributes, links = [], status }) => ({
        service: String(valuesOf(resource.attributes)['service.name']),
        ...{ traceId, spanId, parentSpanId, name, kind },
        attributes: valuesOf(attributes),
        links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
        isFailed: status?.code === FAILED,
      })),
    ),
  );
}

const valuesOf = (attributes: readonly Keyed[]): Record<string, string | number | boolean> =>
  Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue, boolValue } }) => [
      key,
      stringValue ?? boolValue ?? Number(intValue),
    ]),
  );
