/**
 * Waits for statements that were sent in one flight, all of them. Rejects with the failure of the one that was sent first:
 * in a transaction those behind it fail as well, and say only that it was aborted.
 */
export async function together<T extends readonly unknown[]>(sent: {
  readonly [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  const settled = await Promise.allSettled(sent as readonly Promise<unknown>[]);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }) as unknown as T;
}
