/** Reads the bodies of pushes: a manifest as text, and a layer in parts that fit into memory. */
import { refusal } from '../protocol/refusal.ts';

/**
 * Reads a body as UTF-8.
 * @throws Refusal when the body has more than `maxBytes` bytes or is not UTF-8
 */
export async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes)
      throw refusal('ManifestTooLarge', `The manifest is too large; the limit is ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw refusal('InvalidParameterException', "Invalid parameter at 'imageManifest': it is not UTF-8");
  }
}

/** Divides a body into parts of `partSize` bytes. Only the last part may be smaller. */
export async function* partsOfBody(
  body: AsyncIterable<Uint8Array>,
  partSize: number,
): AsyncGenerator<Uint8Array> {
  let chunks: Uint8Array[] = [];
  let size = 0;
  for await (let chunk of body) {
    while (size + chunk.length >= partSize) {
      const rest = partSize - size;
      yield Buffer.concat([...chunks, chunk.subarray(0, rest)]);
      chunk = chunk.subarray(rest);
      chunks = [];
      size = 0;
    }
    if (chunk.length === 0) continue;
    chunks.push(chunk);
    size += chunk.length;
  }
  if (size > 0) yield Buffer.concat(chunks);
}
