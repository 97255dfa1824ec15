import { MESSAGE_TYPES } from './topic-of.js';
import { UPCASTERS } from './upcast.js';

/** Thrown inside `decodeMessage` alone; callers see the outcome `NEWER`. */
export class NewerReleaseError extends Error {
  override readonly name = 'NewerReleaseError';
}

const TYPES_KNOWN: ReadonlySet<string> = new Set([...MESSAGE_TYPES, ...UPCASTERS.keys()]);
/** How every type of Logbook is named, those of releases to come included. */
const OWN_TYPE = /^com\.logbook\.[a-z0-9.-]{1,100}\.v[1-9]\d{0,5}$/;

/** Whether a type is one of Logbook's that this release has never heard of. A foreign type is not. */
export const isOfNewerRelease = (type: string): boolean => !TYPES_KNOWN.has(type) && OWN_TYPE.test(type);
/** Whether a type is one of Logbook's that this release reads. */
export const isOfThisRelease = (type: string): boolean => TYPES_KNOWN.has(type);
