/**
 * A text that a client chose freely, as Postgres can hold it: a text with NUL or lone surrogates is left out,
 * because any replacement would be a value that nobody sent. Names need no such care, their rules forbid both.
 */
export function storableText(text: string | null): string | null {
  return text === null || text.includes('\0') || !text.isWellFormed() ? null : text;
}

/** An explanation for people, cut to `charactersMax`; what Postgres cannot hold becomes U+FFFD. */
export function storableReason(reason: string, charactersMax = 500): string {
  return reason.slice(0, charactersMax).replaceAll('\0', '\ufffd').toWellFormed();
}

/** The string a `descriptionJson` column stands for. */
export function descriptionOf(json: string | null): string | null {
  return json === null ? null : (JSON.parse(json) as string);
}
