import type { Logger } from '../logger.js';
import type { Sampler } from './sampler.js';

/** By the names of OpenTelemetry's semantic conventions. Never a body, a key, a path, or the name of a tenant, an agent or a person. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  readonly kind: 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  readonly attributes: SpanAttributes;
  /** What else it is about, each as a `traceparent`. */
  readonly links?: readonly string[];
  /** When it began, in Unix milliseconds; now, where it is not said. */
  readonly startMs?: number;
}

/** A piece of work in a trace. */
export interface Span {
  /** What names it in the headers of requests and messages. */
  readonly traceparent: string;
  set(attributes: SpanAttributes): void;
  /** Ends it; with what it failed for, of which only the kind is told. */
  end(failure?: unknown): void;
}

/** Where spans begin. No call waits for anything or throws; what cannot be exported is dropped. */
export interface Tracing {
  /** A span that continues the one `parent` names, or begins a trace. */
  begin(name: string, options: SpanOptions & { readonly parent: string | undefined }): Span;
  /** A span of the one under way; `undefined` where none is. */
  child(name: string, options: SpanOptions): Span | undefined;
  /** Runs `work`, and whatever it awaits, with `span` under way. */
  within<T>(span: Span, work: () => T): T;
  /** Exports what is left, for two seconds at the most. */
  close(): Promise<void>;
}

export interface TracingSettings {
  /** The base URL of a receiver of OTLP over HTTP; spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  /** Sent with every export. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sampler: Sampler;
}

export interface TracingOptions {
  /** `null`: there is none. */
  readonly settings: TracingSettings | null;
  /** `service.name` of its spans, unless the environment names another. */
  readonly service: string;
  readonly logger: Logger;
}

/** Starts tracing where it is configured. Where it is not, nothing of OpenTelemetry's SDK is loaded. */
export async function startTracing({ settings, service, logger }: TracingOptions): Promise<Tracing | undefined> {
  if (settings === null) return undefined;
  const { OpenTelemetryTracing } = await import('./open-telemetry.js');
  return OpenTelemetryTracing.exporting({ settings, service, logger });
}
