/** Identifies blobs by their digest and their size. */
import { createHash } from 'node:crypto';

/** The content of a blob: its digest and its size in bytes. */
export interface BlobIdentity {
  readonly digest: string;
  readonly size: number;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export const isDigestName = (digest: unknown): digest is string =>
  typeof digest === 'string' && DIGEST.test(digest);

/**
 * Reads bytes to their end, and passes each chunk on.
 * @param limit bytes; reading ends after it, because more bytes cannot have the right digest
 */
export async function blobIdentityOf(
  bytes: AsyncIterable<Uint8Array>,
  pass: (chunk: Uint8Array) => Promise<void> = () => Promise.resolve(),
  limit = Number.POSITIVE_INFINITY,
): Promise<BlobIdentity> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    hash.update(chunk);
    await pass(chunk);
    if (size > limit) break;
  }
  return { digest: `sha256:${hash.digest('hex')}`, size };
}
