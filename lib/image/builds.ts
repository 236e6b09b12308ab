/** Images made from source folders, as the rest of a run sees them. */

/** An image that exists as bytes in this process. */
export interface Bundle {
  readonly kind: 'bundle';
  /** The tag under which it is pushed: it stands for the content. */
  readonly tag: string;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string;
  /** The image configuration and the layers: what the manifest names by digest. */
  readonly blobs: readonly { readonly digest: string; readonly bytes: Uint8Array }[];
}

/** An image that a container engine builds when it is needed; its digest is known after the push. */
export interface DockerBuild {
  readonly kind: 'docker';
  /** A hash of the folder's content. */
  readonly tag: string;
  readonly digest: undefined;
  /** `docker` or `podman`. */
  readonly engine: string;
  readonly folder: string;
}

export type Build = Bundle | DockerBuild;

/** Builds by the key of the container; each is made once, when first asked for. */
export interface Builds {
  /** Whether images go to an emulator: something behind another endpoint than AWS's own. */
  readonly emulator: boolean;
  of(key: string): Promise<Build>;
}
