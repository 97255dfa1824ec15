/** Which traces are kept, by OpenTelemetry's names; with `ratio` (0 to 1) of those that begin here, or of all. */
export interface Sampler {
  readonly name: SamplerName;
  readonly ratio: number;
}

export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';
