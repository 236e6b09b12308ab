/** Serves layers under the signed URLs to which the registry redirects, with the errors of Amazon S3. */
import { checkLayerUrl, type LayerAddress } from '../aws/ecr/layer-downloads.ts';
import { readLayer } from '../aws/ecr/layer-rows.ts';
import { xmlResponse, type StreamedRequest, type StreamedResponse } from '../protocol/wire.ts';
import type { World } from '../world/world.ts';

const s3Error = (status: number, code: string, message: string): StreamedResponse =>
  xmlResponse(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`, {
    'content-type': 'application/xml',
  });

/** Responds to a request for a layer. @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function serveLayer(
  world: World,
  { regionName, digest }: LayerAddress,
  { method, path, query }: StreamedRequest,
): StreamedResponse {
  if (method !== 'GET' && method !== 'HEAD')
    return s3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
  const status = checkLayerUrl(path, query, world.clock.now());
  if (status === 'expired') return s3Error(403, 'AccessDenied', 'Request has expired');
  if (status === 'forged')
    return s3Error(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    );
  const region = world.regions().find(({ name }) => name === regionName);
  const size = region?.ecr.repositories
    .all()
    .flatMap(({ layers }) => layers)
    .find((layer) => layer.digest === digest)?.sizeInBytes;
  const bytes = region && size !== undefined ? readLayer(region, digest) : undefined;
  if (!bytes) return s3Error(404, 'NoSuchKey', 'The specified key does not exist.');
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
  if (method === 'GET') return { status: 200, headers, body: bytes };
  bytes.destroy();
  return { status: 200, headers, body: '' };
}
