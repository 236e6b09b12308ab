/** Decodes bodies in `aws-chunked` encoding, with which clients of S3 sign a body piece by piece or append checksums. */
import { refusal } from './refusal.ts';
import type { WireRequest } from './wire.ts';

const LINE_END = Buffer.from('\r\n');

/**
 * Returns the body of a request without its chunk headers, signatures and trailers, which are not checked.
 * @throws IncompleteBody when the chunks do not fit the body
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function contentOf({ headers, body }: Pick<WireRequest, 'headers' | 'body'>): Uint8Array {
  const isChunked =
    headers['x-amz-content-sha256']?.startsWith('STREAMING-') ||
    headers['content-encoding']?.includes('aws-chunked');
  if (!isChunked) return body;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Uint8Array[] = [];
  for (let position = 0; ;) {
    const lineEnd = bytes.indexOf(LINE_END, position);
    const [size = ''] = bytes.toString('latin1', position, Math.max(lineEnd, position)).split(';');
    if (lineEnd < 0 || !/^[\da-f]{1,8}$/i.test(size)) throw incompleteBody();
    const start = lineEnd + LINE_END.length;
    const length = parseInt(size, 16);
    if (length === 0) return Buffer.concat(chunks);
    if (start + length > bytes.length) throw incompleteBody();
    chunks.push(bytes.subarray(start, start + length));
    position = start + length + LINE_END.length;
  }
}

const incompleteBody = () =>
  refusal(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
