/** Images made from source folders, as the rest of a run sees them. */

/** An image that is ready to be pushed. */
export interface Build {
  /** The tag under which it is pushed: it stands for the content. */
  readonly tag: string;
  /** `sha256:…` of the manifest; known before the push for a bundle, after it for a Docker image. */
  readonly digest: string | undefined;
}

/** Builds by the key of the container; each is made once, when first asked for. */
export interface Builds {
  of(key: string): Promise<Build>;
}
