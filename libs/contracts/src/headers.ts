/**
 * Header names: CloudEvents 1.0, Kafka binding, binary mode. Attribute names are lower-case letters and
 * digits, prefixed `ce_`. Source: CloudEvents Kafka Protocol Binding 1.0.2, section 3.2.
 * `ce_datakey` is reserved: absent means the value is plain text.
 */
export const H = {
  specversion: 'ce_specversion',
  id: 'ce_id',
  type: 'ce_type',
  source: 'ce_source',
  time: 'ce_time',
  tenant: 'ce_tenant',
  contentType: 'content-type',
  traceparent: 'traceparent',
  datakey: 'ce_datakey',
  fingerprint: 'ce_fingerprint',
  agent: 'ce_agent',
  agentVersion: 'ce_agentversion',
  person: 'ce_person',
  session: 'ce_session',
  summary: 'ce_summary',
  api: 'ce_api',
  model: 'ce_model',
  inputTokens: 'ce_inputtokens',
  outputTokens: 'ce_outputtokens',
  /** Of what a message is the retry: `<topic>/<partition>/<offset>`. For people; nothing is decided by it. */
  retryOf: 'ce_retryof',
  /** What tells two retries of one message apart. */
  retryId: 'ce_retryid',
} as const;

/** A summary text longer than this, in bytes of UTF-8, is left out. */
export const SUMMARY_TEXT_BYTES_MAX = 256;
/** Key and headers of one message together stay under this. */
export const KEY_AND_HEADERS_BYTES_MAX = 32 * 1024;
