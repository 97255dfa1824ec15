/** Does `work` for every item, `limit` of them at a time, in the order of the items; rejects with the first failure. */
export async function concurrently<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) await work(items[index] as T, index);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}

/** 0, 1, 2 … `count - 1`. */
export const indexes = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
