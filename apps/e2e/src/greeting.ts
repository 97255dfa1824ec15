/** The lines under "Try it:" of what a server prints when it is ready, as one script: a person pastes them as they are. */
export function pastedLines(output: string): string {
  const [, block] = /^Try it:\n\n((?: .*\n)+)/m.exec(output) ?? [];
  if (block === undefined) throw new Error(`the greeting shows nothing to try:\n${output}`);
  return block;
}

/** The URL and the key it shows. */
export function shownAddress(output: string): { readonly url: string; readonly apiKey: string } {
  const url = /^Logbook is ready on (\S+)$/m.exec(output)?.[1];
  const apiKey = /^ +API key +(\S+)/m.exec(output)?.[1];
  if (url === undefined || apiKey === undefined) throw new Error(`the greeting shows no address or no key:\n${output}`);
  return { url, apiKey };
}
