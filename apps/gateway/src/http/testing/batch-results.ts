import type { Answer } from './exchange.js';

export interface Result {
  readonly status: string;
  readonly id?: string;
  readonly type?: string;
  readonly detail?: { readonly type: string; readonly message: string; readonly errors?: readonly { path: string }[] };
}

export const resultsOf = (answer: Answer): readonly Result[] => (answer.json as { results: Result[] }).results;

/** Per event, `accepted`, or the slug it was rejected with; throws unless a rejection carries its slug twice. */
export const verdicts = (answer: Answer): (string | undefined)[] =>
  resultsOf(answer).map(({ status, type, detail }) => {
    if (status === 'accepted') return status;
    if (status !== 'rejected' || detail?.type !== type) throw new Error(`no rejection: ${answer.text}`);
    return type;
  });

/** The fields a rejection names. */
export const pathsOfResult = (result: Result | undefined): string[] =>
  (result?.detail?.errors ?? []).map(({ path }) => path);
