/** On every answer: a browser must not guess its type, and nothing on the way may keep it. */
export const RESPONSE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

export const JSON_TYPE = 'application/json; charset=utf-8';
