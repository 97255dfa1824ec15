import { HEADERS, type RawHeaders, type RawMessage } from '@logbook/contracts';

/** What makes a message poison, whatever else it holds. */
const FLAWS = {
  NO_KEY: (raw) => ({ ...raw, key: null }),
  ANOTHER_KEY: (raw) => ({ ...raw, key: Buffer.from([0, 0xff]) }),
  NO_VALUE: (raw) => ({ ...raw, value: null }),
  NO_TYPE: (raw) => withHeaders(raw, { [HEADERS.type]: undefined }),
  UNKNOWN_TYPE: (raw) => withHeaders(raw, { [HEADERS.type]: 'com.example.unknown.v1' }),
  TYPE_OF_CONTROL: (raw) => withHeaders(raw, { [HEADERS.type]: 'com.logbook.tenant.created.v1' }),
  NO_TENANT: (raw) => withHeaders(raw, { [HEADERS.tenant]: undefined }),
  TENANT_IN_CAPITALS: (raw) => withHeaders(raw, { [HEADERS.tenant]: 'ACME' }),
  NO_TIME: (raw) => withHeaders(raw, { [HEADERS.time]: undefined }),
  LOCAL_TIME: (raw) => withHeaders(raw, { [HEADERS.time]: '2026-01-01T00:00:00.000' }),
  NO_SUCH_DAY: (raw) => withHeaders(raw, { [HEADERS.time]: '2026-02-30T00:00:00.000Z' }),
  YEAR_ZERO: (raw) => withHeaders(raw, { [HEADERS.time]: '0000-06-01T00:00:00.000Z' }),
  NO_AGENT: (raw) => withHeaders(raw, { [HEADERS.agent]: undefined }),
  AGENT_NOT_UTF_8: (raw) => withHeaders(raw, { [HEADERS.agent]: Buffer.from([0x61, 0xff]) }),
  SESSION_WITH_NEWLINE: (raw) => withHeaders(raw, { [HEADERS.session]: 'a\nb' }),
  ID_NO_UUID: (raw) => withHeaders(raw, { [HEADERS.id]: 'm' }),
  MODEL_WITH_NUL: (raw) => withHeaders(raw, { [HEADERS.summary]: '1', [HEADERS.model]: 'm\0' }),
  TOKENS_NO_COUNT: (raw) => withHeaders(raw, { [HEADERS.summary]: '1', [HEADERS.inputTokens]: '-1' }),
  VALUE_NOT_JSON: (raw) => ({ ...raw, value: Buffer.from('{') }),
  VALUE_NOT_UTF_8: (raw) => ({ ...raw, value: Buffer.from([0x7b, 0xff, 0x7d]) }),
  VALUE_NO_OBJECT: (raw) => ({ ...raw, value: Buffer.from('[]') }),
  NO_FIELDS: (raw) => ({ ...raw, value: Buffer.from('{}') }),
} satisfies Record<string, (raw: RawMessage) => RawMessage>;

export type Flaw = keyof typeof FLAWS;

/** After these nobody can say when the message was made. */
const WITHOUT_TIME: ReadonlySet<Flaw> = new Set(['NO_TIME', 'LOCAL_TIME', 'NO_SUCH_DAY', 'YEAR_ZERO']);
const OF_ALL = [
  'NO_KEY',
  'ANOTHER_KEY',
  'NO_VALUE',
  'NO_TYPE',
  'UNKNOWN_TYPE',
  'TYPE_OF_CONTROL',
  'NO_TENANT',
  'TENANT_IN_CAPITALS',
  ...(WITHOUT_TIME as ReadonlySet<'NO_TIME' | 'LOCAL_TIME' | 'NO_SUCH_DAY' | 'YEAR_ZERO'>),
] as const;
export const EVENT_FLAWS: readonly Flaw[] = [
  ...OF_ALL,
  'NO_AGENT',
  'AGENT_NOT_UTF_8',
  'SESSION_WITH_NEWLINE',
  'ID_NO_UUID',
  'MODEL_WITH_NUL',
  'TOKENS_NO_COUNT',
];
export const COMMAND_FLAWS: readonly Flaw[] = [
  ...OF_ALL,
  'VALUE_NOT_JSON',
  'VALUE_NOT_UTF_8',
  'VALUE_NO_OBJECT',
  'NO_FIELDS',
];

export const flawed = (raw: RawMessage, flaw: Flaw): RawMessage => FLAWS[flaw](raw);

export const leavesTime = (flaw: Flaw): boolean => !WITHOUT_TIME.has(flaw);

function withHeaders(raw: RawMessage, headers: RawHeaders): RawMessage {
  return { ...raw, headers: { ...raw.headers, ...headers } };
}
