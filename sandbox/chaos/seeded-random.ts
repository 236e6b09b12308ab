/** Chance without dice: numbers that follow from a seed and from what they are for. */
import { createHash } from 'node:crypto';

/** A number from 0 up to 1, always the same for the same words. */
export const draw = (...words: readonly (string | number)[]): number =>
  createHash('sha256').update(words.join('\n')).digest().readUInt32BE() / 2 ** 32;
