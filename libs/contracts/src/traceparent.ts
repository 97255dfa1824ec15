// W3C Trace Context, level 1, section 3.2: version 00, and neither id all zeros.
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const SAMPLED = 1;

/** Whether this names a span of a trace. */
export const isTraceparent = (text: string): boolean => TRACEPARENT.test(text);

/** Whether whoever began the trace wants it kept; of a text that names a span. */
export const isSampled = (traceparent: string): boolean =>
  (Number.parseInt(traceparent.slice(-2), 16) & SAMPLED) === SAMPLED;
