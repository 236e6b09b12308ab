/** Leaves images to their repository: they are deleted with it. */
import type { Removal } from '../../lib/engine/step.ts';

export const images: Removal<'images'> = {
  remove: async () => ({ kept: 'it is deleted with its repository' }),
};
