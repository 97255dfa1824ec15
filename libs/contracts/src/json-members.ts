/** The `properties` of an event's body, the whole request; `undefined` where there are none. Never throws. */
export function propertiesOfBody(body: Buffer): unknown {
  let event: unknown;
  try {
    event = JSON.parse(body.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    event = null;
  }
  return memberOf(event, 'properties');
}

/** An own member of an object; nothing is read from a list or from a prototype. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** A member that is a count which a double holds exactly; anything else is null. */
export function countAt(value: unknown, name: string): number | null {
  const count = memberOf(value, name);
  // JSON has -0, which is a count of 0 but does not equal what a header gives back.
  return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) + 0 : null;
}
