/** Asked late: a consumer without a group may have positions of its own, and then never asks. */
export const requireGroup = (group: string | undefined) => (): string => {
  if (group === undefined) throw new Error('a consumer without a group has no place in the log to keep its positions');
  return group;
};
