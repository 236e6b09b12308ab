/** The images that a run builds from source folders. */
import type { PackagedFiles } from '../program/entries.ts';
import type { ProgramStart } from '../program/start.ts';
import type { Engine } from './engine.ts';
import type { ProgramFile } from './program.ts';

/** An image in the memory of this process. */
export interface Bundle {
  readonly kind: 'bundle';
  /** The tag under which it is pushed; derived from the content. */
  readonly tag: string;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string;
  /** The files of the program, which the layer contains. */
  readonly program: readonly ProgramFile[];
  /** The image configuration and the layers, which the manifest names by digest. */
  readonly blobs: readonly MemoryBlob[];
}

/** A blob in the memory of this process. */
export interface MemoryBlob {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** A blob on disk, or in the registry of a base image. */
export interface LazyBlob {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** Makes sure that the blob is on disk. @throws BASE_IMAGE, DISK_FULL */
  prepare(): Promise<unknown>;
  /** Reads the blob from disk. It must have been prepared. */
  read(): AsyncIterable<Uint8Array>;
}

/** An image made of layers: those of a base image, one with the dependencies, and one with the program. */
export interface LayeredImage {
  readonly kind: 'layers';
  /** The tag under which it is pushed; derived from the content. */
  readonly tag: string;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string;
  /** The image configuration and the layers, which the manifest names by digest. */
  readonly blobs: readonly (MemoryBlob | LazyBlob)[];
  /** The program in the image; undefined if it is not known what the layers contain. */
  readonly packaged?: PackagedProgram;
}

/** A program that is packaged as it is, with its packages. */
export interface PackagedProgram {
  readonly files: PackagedFiles;
  readonly start: ProgramStart;
}

/** An image that a container engine builds right before the push. Its digest is known only then. */
export interface DockerBuild {
  readonly kind: 'docker';
  /** Derived from a hash of the folder's content. */
  readonly tag: string;
  readonly digest: undefined;
  readonly engine: Engine;
  /** The build context, absolute. */
  readonly folder: string;
  /** The platform of the image, such as `linux/amd64`. */
  readonly platform: string;
  /** The options of the build, such as `--target`. */
  readonly options: readonly string[];
  /** The values of the build arguments, keyed by name. They may be private. */
  readonly buildArgs: Readonly<Record<string, string>>;
  /**
   * The folder of the cache, absolute, if Slipway takes the image from the engine and sends it to the registry itself. Undefined if
   * the engine pushes the image.
   */
  readonly exportFolder?: string;
}

export type Build = Bundle | LayeredImage | DockerBuild;

/** The program of an image: the files of a bundle, or a program with its packages. */
export type BuiltProgram = readonly ProgramFile[] | PackagedProgram;

/** The builds of a run; each is made once, on first use. */
export interface Builds {
  /** Whether images are pushed to an emulator, i.e. to an endpoint other than AWS's own. */
  readonly isEmulator: boolean;
  /** @param key the key of a container that is built from source */
  of(key: string): Promise<Build>;
  /**
   * Returns the program of an image as soon as its files are known, before the image is complete.
   * @returns undefined if the build fails, or if an engine builds the image, so that its program is not known
   */
  programOf(key: string): Promise<BuiltProgram | undefined>;
}
