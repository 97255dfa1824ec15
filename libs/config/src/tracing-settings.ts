import type { Environment, SAMPLERS } from './environment.js';

/** Where spans go, and which. */
export interface TracingSettings {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sampler: { readonly name: (typeof SAMPLERS)[number]; readonly ratio: number };
}

/** `null`: nothing is traced. Adds to `problems` what does not fit together. */
export function tracingOf(environment: Environment, problems: string[]): TracingSettings | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = environment;
  const { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio } = environment;
  if (ratio !== undefined && !name.endsWith('traceidratio'))
    problems.push(
      'OTEL_TRACES_SAMPLER_ARG is of use with OTEL_TRACES_SAMPLER=traceidratio or parentbased_traceidratio alone',
    );
  // With problems there will be no settings, and headers that are none cannot be read.
  if (endpoint === undefined || problems.length > 0) return null;
  return { endpoint, headers: headersOf(headers ?? ''), sampler: { name, ratio: Number(ratio ?? 1) } };
}

/** `name=value,name=value`, values percent-encoded: the OpenTelemetry specification, "OTLP Exporter Configuration". */
function headersOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
    }),
  );
}
