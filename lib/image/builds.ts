/** The images that a run builds from source folders. */
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
  readonly blobs: readonly { readonly digest: string; readonly bytes: Uint8Array }[];
}

/** An image that a container engine builds right before the push. Its digest is known only after the push. */
export interface DockerBuild {
  readonly kind: 'docker';
  /** Derived from a hash of the folder's content. */
  readonly tag: string;
  readonly digest: undefined;
  /** Such as `docker` or `podman`. */
  readonly engine: string;
  /** The build context, absolute. */
  readonly folder: string;
  /** The options of the build, such as `--target`. */
  readonly options: readonly string[];
}

export type Build = Bundle | DockerBuild;

/** The builds of a run; each is made once, on first use. */
export interface Builds {
  /** Whether images are pushed to an emulator, i.e. to an endpoint other than AWS's own. */
  readonly isEmulator: boolean;
  /** @param key the key of a container that is built from source */
  of(key: string): Promise<Build>;
}
