import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
  TraceFlags,
} from '@opentelemetry/api';
import { isSampled, isTraceparent } from '@logbook/contracts';
import { LogbookError } from '@logbook/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler as OtelSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { ReportedExporter } from './reported-exporter.js';
import type { Sampler } from './sampler.js';
import type { Span, SpanAttributes, SpanOptions, Tracing, TracingOptions, TracingSettings } from './tracing.js';

/** An export that takes longer is given up; its spans are lost. */
const EXPORT_MS_MAX = 5_000;
const CLOSE_MS_MAX = 2_000;

/**
 * OpenTelemetry's SDK behind the port, without its globals: two of these in a process do not know of each other. Its
 * processor holds 2,048 spans (`OTEL_BSP_MAX_QUEUE_SIZE`) beside the 512 being exported, and drops what comes on top.
 */
export class OpenTelemetryTracing implements Tracing {
  private readonly tracer: Tracer;
  private readonly underWay = new AsyncLocalStorage<StartedSpan>();

  private constructor(private readonly provider: BasicTracerProvider) {
    this.tracer = provider.getTracer('logbook');
  }

  static exporting(options: TracingOptions & { readonly settings: TracingSettings }): OpenTelemetryTracing {
    const { settings, service, logger } = options;
    const exporter = new OTLPTraceExporter({
      url: `${settings.endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: { ...settings.headers },
      timeoutMillis: EXPORT_MS_MAX,
    });
    const provider = new BasicTracerProvider({
      sampler: samplerOf(settings.sampler),
      resource: defaultResource()
        .merge(resourceFromAttributes({ 'service.name': `logbook-${service}` }))
        .merge(detectResources({ detectors: [envDetector] })),
      spanProcessors: [new BatchSpanProcessor(new ReportedExporter(exporter, logger))],
    });
    return new OpenTelemetryTracing(provider);
  }

  begin(name: string, options: SpanOptions & { readonly parent: string | undefined }): Span {
    const parent = spanContextOf(options.parent);
    return this.start(name, options, parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent));
  }

  child(name: string, options: SpanOptions): Span | undefined {
    const parent = this.underWay.getStore();
    return parent && this.start(name, options, trace.setSpan(ROOT_CONTEXT, parent.span));
  }

  within<T>(span: Span, work: () => T): T {
    return this.underWay.run(span as StartedSpan, work);
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS_MAX);
    });
    await Promise.race([this.provider.shutdown().catch(() => undefined), expired]);
    clearTimeout(timer);
  }

  private start(name: string, { kind, attributes, links = [], startMs }: SpanOptions, parent: Context): StartedSpan {
    const contexts = links.map(spanContextOf).filter((context) => context !== undefined);
    const options = { kind: SpanKind[kind], attributes, links: contexts.map((context) => ({ context })) };
    return new StartedSpan(
      this.tracer.startSpan(name, startMs === undefined ? options : { ...options, startTime: startMs }, parent),
    );
  }
}

class StartedSpan implements Span {
  constructor(readonly span: OtelSpan) {}

  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.span.spanContext();
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  end(failure?: unknown): void {
    if (failure !== undefined) {
      this.span.setAttribute('error.type', kindOf(failure));
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.span.end();
  }
}

/** The message of an error may quote what it is about; its kind does not. */
function kindOf(failure: unknown): string {
  if (failure instanceof LogbookError) return failure.code;
  return failure instanceof Error ? failure.name : String(failure);
}

function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  if (traceparent === undefined || !isTraceparent(traceparent)) return undefined;
  const [, traceId = '', spanId = ''] = traceparent.split('-');
  const traceFlags = isSampled(traceparent) ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId, spanId, traceFlags, isRemote: true };
}

function samplerOf({ name, ratio }: Sampler): OtelSampler {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}
