/** The type and parsed value of a message as some release wrote it. */
export interface VersionedData {
  readonly type: string;
  readonly data: unknown;
}

/** Turns the data of one version of a type into that of the next. Pure; never asks for anything else. */
export type Upcaster = (data: unknown) => VersionedData;

/**
 * By the old type. When a type gains a version, its old one gets a row here, its golden files stay,
 * and everything behind `decodeMessage` knows the newest version alone. Every type is at its first.
 */
export const UPCASTERS: ReadonlyMap<string, Upcaster> = new Map();

/** Follows the upcasters until none applies. A cycle would be a bug; the bound turns it into an error. */
export function upcast(versioned: VersionedData, upcasters: ReadonlyMap<string, Upcaster> = UPCASTERS): VersionedData {
  let current = versioned;
  for (let steps = 0; steps <= upcasters.size; steps += 1) {
    const next = upcasters.get(current.type);
    if (next === undefined) return current;
    current = next(current.data);
  }
  throw new Error(`the upcasters of ${versioned.type} form a cycle`);
}
