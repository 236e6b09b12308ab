/** Leaves images to their repository, which takes them along. */
import type { Removal } from '../../lib/engine/step.ts';

export const images: Removal<'images'> = {
  remove: async () => ({ kept: 'it goes with its repository' }),
};
