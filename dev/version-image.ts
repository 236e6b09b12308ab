/** Converts an image that was built from a source to the form in which the sandbox takes it. */
import type { BuiltSource } from '../lib/image/source-builder.ts';
import type { VersionBlob, VersionImage } from '../sandbox/intercept-client.ts';

/** Returns the image; its blobs are read only when they are sent. */
export function versionImageOf({ image: { digest, manifest, blobs } }: BuiltSource): VersionImage {
  const { config, layers } = JSON.parse(manifest) as {
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string }[];
  };
  const blobOf = (wanted: { readonly digest: string }): VersionBlob => {
    const blob = blobs.find((known) => known.digest === wanted.digest);
    if (!blob) throw new Error(`The image ${digest} lacks the blob ${wanted.digest}`);
    return { digest: blob.digest, read: () => bytesOf(blob) };
  };
  return { digest, config: blobOf(config), layers: layers.map(blobOf) };
}

async function* bytesOf(blob: BuiltSource['image']['blobs'][number]): AsyncIterable<Uint8Array> {
  if ('bytes' in blob) {
    yield blob.bytes;
  } else {
    await blob.prepare();
    yield* blob.read();
  }
}
