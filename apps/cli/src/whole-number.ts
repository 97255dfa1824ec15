import { InvalidArgumentError } from 'commander';

/** Reads the value of an option that counts something, from 1 to `max`. */
export const wholeNumberUpTo =
  (max: number) =>
  (text: string): number => {
    const count = Number(text);
    if (!/^\d+$/.test(text) || count < 1 || count > max) {
      throw new InvalidArgumentError(`must be a whole number from 1 to ${max}.`);
    }
    return count;
  };
