/** `STOP`: nothing more of this key. */
export type Step = 'GO_ON' | 'STOP';

/**
 * Works on items of different keys at once, `keysMax` at the most, and on those of one key one after the other. Rejects with the
 * first error once everything under way has finished; nothing is begun after it.
 */
export async function inKeyOrder<Item>(
  items: Iterable<Item>,
  { keyOf, keysMax }: { readonly keyOf: (item: Item) => string; readonly keysMax: number },
  work: (item: Item) => Promise<Step>,
): Promise<void> {
  const lanes = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [item]);
    else lane.push(item);
  }
  const waiting = lanes.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const lane of waiting) {
      for (const item of lane) {
        if (failures.length > 0) return;
        try {
          if ((await work(item)) === 'STOP') break;
        } catch (error) {
          failures.push(error);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(keysMax, lanes.size) }, worker));
  if (failures.length > 0) throw failures[0];
}
