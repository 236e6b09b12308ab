/** Repeatable random numbers: each is derived from a seed and its purpose. */
import { createHash } from 'node:crypto';

/** Returns a number in [0, 1), always the same for the same words. */
export const seededRandom = (...words: readonly (string | number)[]): number =>
  createHash('sha256').update(words.join('\n')).digest().readUInt32BE() / 2 ** 32;
