/** Reads the entries of a layer in sequence, so that even a huge layer needs little memory and does not block this process. */
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';

/** Thrown when a layer is not a tar archive, is too large, or has an entry that would be written outside the root. */
export class LayerError extends Error {
  override name = 'LayerError';
}

/** The maximum size of an unpacked layer: a small archive can expand enormously. */
const MAX_LAYER_BYTES = 2 ** 31;
/** The size of the parts in which a layer is read. */
const PART_BYTES = 64 * 1024;

/**
 * Visits the entries of a layer in their order. A visitor need not read the body of an entry.
 * @param layer a tar archive, plain or gzipped
 * @param maxBytes the maximum size of the unpacked archive
 * @throws LayerError for an archive that cannot be read or is too large
 */
export async function forEachEntry(
  layer: Uint8Array,
  visit: (entry: ParsedTarEntry) => Promise<void>,
  maxBytes = MAX_LAYER_BYTES,
): Promise<void> {
  const gzipped = layer[0] === 0x1f && layer[1] === 0x8b;
  const parts = Readable.from(partsOf(layer));
  const archive = gzipped ? parts.pipe(createGunzip()) : parts;
  let isVisiting = false;
  try {
    const entries = ReadableStream.from(atMost(archive, maxBytes)).pipeThrough(
      createTarDecoder({ strict: true }),
    );
    for await (const entry of entries) {
      isVisiting = true;
      await visit(entry);
      isVisiting = false;
      await entry.body.cancel(); // the decoder waits until the body of an entry has been read or cancelled
    }
  } catch (cause) {
    // While an entry is visited, the archive may also turn out to be truncated; only errors of the file system are the visitor's.
    if (cause instanceof LayerError || (isVisiting && isSystemError(cause))) throw cause;
    const why = (cause as Error).message;
    throw new LayerError(`the layer is not a ${gzipped ? 'gzipped ' : ''}tar archive: ${why}`, { cause });
  } finally {
    archive.destroy();
  }
}

const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

function* partsOf(layer: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < layer.length; start += PART_BYTES)
    yield layer.subarray(start, start + PART_BYTES);
}

async function* atMost(archive: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const part of archive) {
    bytes += part.length;
    if (bytes > maxBytes) throw new LayerError(`the unpacked layer is larger than ${maxBytes} bytes`);
    yield part;
  }
}
