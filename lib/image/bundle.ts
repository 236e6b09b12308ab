/** Makes an image of a source folder without a container engine: its program, bundled, and nothing beneath it. */
import type { Bundle } from './builds.ts';
import { packImage } from './oci.ts';
import { bundleProgram } from './program.ts';

/**
 * Unchanged source gives the same image, with the same digest, wherever its checkout lies and whatever its container is.
 * @param folder with the source, absolute
 * @throws BUNDLE
 */
export const bundle = async (folder: string): Promise<Bundle> => packImage(await bundleProgram(folder));
