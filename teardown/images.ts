/** Leaves images to their repository, which takes them along. */
import type { Removal } from '../lib/step.ts';

export const images: Removal<'images'> = {
  remove: async () => ({ kept: 'it goes with its repository' }),
};
