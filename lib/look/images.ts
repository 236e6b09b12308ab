/** Finds out which of the images that the source folders make are in their repositories. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundImage extends Readonly<Ids['images']> {
  /** The tag that stands for the content. */
  readonly tag: string;
  readonly digest: string;
  readonly tags: Tags;
}

export async function lookImages(_see: See): Promise<Items<FoundImage>> {
  throw new Error('lookImages is not written yet');
}
