/** For `afterAll`: stops what was started, in this order; what `beforeAll` did not get to is `undefined` and needs nothing. */
export async function stopStarted(...started: readonly ({ stop(): Promise<unknown> } | undefined)[]): Promise<void> {
  for (const each of started) await each?.stop();
}
