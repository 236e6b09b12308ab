/** Repeatable random numbers: each follows from a seed and from what it is for. */
import { createHash } from 'node:crypto';

/** Returns a number from 0 up to 1, always the same for the same words. */
export const seededRandom = (...words: readonly (string | number)[]): number =>
  createHash('sha256').update(words.join('\n')).digest().readUInt32BE() / 2 ** 32;
