/** Builds the image of a source folder repeatedly, each time only what has changed: for a command that watches its sources. */
import { resolve } from 'node:path';
import { context, type BuildContext } from 'esbuild';
import type { Bundle } from './builds.ts';
import { packImage } from './oci.ts';
import { bundleFailed, bundleOptionsOf, programFiles, type ProgramBuildOptions } from './program.ts';

/** An image, and the files that it was built from. */
export interface BuiltSource {
  readonly image: Bundle;
  /** The absolute paths of its input files, also of those outside the folder. */
  readonly inputs: readonly string[];
}

/** Builds one folder. */
export interface SourceBuilder {
  /** Builds the current content of the folder. @throws Problem that explains why it cannot be built */
  build(): Promise<BuiltSource>;
  /** Releases what it keeps between builds. */
  close(): Promise<void>;
}

/** Opens the builder of a source folder, given by its absolute path. */
export type OpenSourceBuilder = (folder: string) => SourceBuilder;

type ProgramContext = BuildContext<ProgramBuildOptions & { readonly metafile: true }>;

/** Opens a builder that bundles, with one incremental context of esbuild. The layer is not compressed, to save time. */
export const openBundler: OpenSourceBuilder = (folder) => {
  let current: { readonly key: string; readonly esbuild: ProgramContext } | undefined;
  const close = async () => {
    const { esbuild } = current ?? {};
    current = undefined;
    await esbuild?.dispose();
  };
  return {
    async build() {
      // The entry file may have changed.
      const options = await bundleOptionsOf(folder);
      const key = options.entryPoints.join();
      if (current?.key !== key) {
        await close();
        current = { key, esbuild: await context({ ...options, metafile: true }) };
      }
      const { outputFiles, metafile } = await current.esbuild.rebuild().catch((error: unknown) => {
        throw bundleFailed(folder, error);
      });
      return {
        image: await packImage(programFiles(outputFiles, options.absWorkingDir), false),
        inputs: Object.keys(metafile.inputs).map((path) => resolve(options.absWorkingDir, path)),
      };
    },
    close,
  };
};
