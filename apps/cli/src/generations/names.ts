import { generationName, type GenerationName } from '@logbook/store';
import { InvalidArgumentError } from 'commander';

/** The name of a generation as somebody typed it. */
export function parseGeneration(text: string): GenerationName {
  try {
    return generationName(text);
  } catch {
    throw new InvalidArgumentError('must be the name of a generation, as `logbook generations list` prints it: gen_1');
  }
}
