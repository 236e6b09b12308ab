/** Builds the image of a source repeatedly, as a provision on the sandbox would: for a command that watches its sources. */
import { resolve } from 'node:path';
import { context, type BuildContext } from 'esbuild';
import type { Builder, Container, Source } from '../config/config.ts';
import { startSettingsOf } from '../config/program.ts';
import { systemClock } from '../model/clock.ts';
import type { Bundle, LayeredImage } from './builds.ts';
import { imageCacheFolder } from './cache-folder.ts';
import { otherProgramBuilder } from './engine-build.ts';
import { exportBuild } from './engine-export.ts';
import { packImage } from './oci.ts';
import { packagedBuilder } from './packaged-build.ts';
import { bundleFailed, bundleOptionsOf, programFiles, type ProgramBuildOptions } from './program.ts';

/** An image, and the files that it was built from. */
export interface BuiltSource {
  readonly image: Bundle | LayeredImage;
  /** The absolute paths of input files that are outside of the source folder, and of others. */
  readonly inputs: readonly string[];
  /** The absolute paths of further folders that it was built from: packages of the same workspace. */
  readonly folders: readonly string[];
}

/** Builds one source. */
export interface SourceBuilder {
  /** Builds the current content of the folder. @throws Problem that explains why it cannot be built */
  build(): Promise<BuiltSource>;
  /** Releases what it keeps between builds. */
  close(): Promise<void>;
}

/** The part of a container that its image depends on. */
export type SourceSettings = Pick<Container, 'command' | 'user'> & { readonly image: Source };

/** Opens the builder of a container's source. */
export type OpenSourceBuilder = (container: SourceSettings) => SourceBuilder;

/**
 * Returns the function that opens builders.
 * @param builder of the configuration
 * @param signal ends the builds
 * @param note receives a sentence for each difference between a folder and its image
 */
export function sourceBuilders(
  builder: Builder,
  signal: AbortSignal,
  note: (text: string) => void,
): OpenSourceBuilder {
  if (builder === 'bundle') return openBundler;
  const noted = new Set<string>();
  const noteOnce = (text: string) => {
    if (!noted.has(text)) note(text);
    noted.add(text);
  };
  const build = packagedBuilder({
    hasBase: false,
    cacheFolder: imageCacheFolder(),
    clock: systemClock,
    signal,
    note: noteOnce,
  });
  const buildOther = otherProgramBuilder(imageCacheFolder());
  return (container) => ({
    async build() {
      const { image, ...settings } = container;
      const other = await buildOther(image, settings);
      if (other) return { image: await exportBuild(other, signal), inputs: [], folders: [] };
      const built = await build(image.source, startSettingsOf(image, settings));
      const { folders = [], files: inputs = [] } = built.packaged?.files.outside ?? {};
      return { image: built, inputs, folders };
    },
    close: async () => undefined,
  });
}

type ProgramContext = BuildContext<ProgramBuildOptions & { readonly metafile: true }>;

/** Opens a builder that bundles, with one incremental context of esbuild. The layer is not compressed, to save time. */
export const openBundler: OpenSourceBuilder = ({ image: { source: folder, ...settings } }) => {
  let current: { readonly key: string; readonly esbuild: ProgramContext } | undefined;
  const close = async () => {
    const { esbuild } = current ?? {};
    current = undefined;
    await esbuild?.dispose();
  };
  return {
    async build() {
      // The entry file may have changed.
      const options = await bundleOptionsOf(folder, settings);
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
        folders: [],
      };
    },
    close,
  };
};
