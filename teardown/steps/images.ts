/** Does not remove images: they are deleted together with their repository. */
import type { Removal } from '../../lib/engine/step.ts';

export const images: Removal<'images'> = {
  remove: async () => ({ kept: 'it is deleted with its repository' }),
};
