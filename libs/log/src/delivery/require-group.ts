/** @throws Error where a consumer without a group asks the log to keep its positions. */
export function requireGroup(group: string | undefined): string {
  if (group === undefined) throw new Error('a consumer without a group has no place in the log to keep its positions');
  return group;
}
