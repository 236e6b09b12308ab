/** Builds an image from a source folder without a container engine: it contains the bundled program and no base image. */
import type { Source } from '../config/config.ts';
import type { Bundle } from './builds.ts';
import { packImage, type BundleOptions } from './oci.ts';
import { bundleProgram } from './program.ts';

/**
 * Builds the image. The same source gives the same digest, regardless of where the folder is and which container the image is for.
 * @param folder with the source, absolute
 * @param settings the other fields of the source, such as its entry
 * @param options the architecture of the tasks, and the folders that the program can write to
 * @throws BUNDLE, NO_PROGRAM, SEVERAL_PROGRAMS
 */
export const bundle = async (
  folder: string,
  settings?: Omit<Source, 'source'>,
  options?: BundleOptions,
): Promise<Bundle> => packImage(await bundleProgram(folder, settings), options);
