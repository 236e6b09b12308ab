/** Blobs at the registry endpoint: layers and configurations of images. They are read from a signed URL, as on AWS. */
import { layerUrl } from '../aws/ecr/layer-downloads.ts';
import { refusal } from '../protocol/refusal.ts';
import { DIGEST_HEADER, throwFailure, type Exchange, type Responder } from './exchange.ts';

/** Returns the size of a blob in bytes. @throws Refusal when the repository does not have the blob */
export async function sizeOfBlob({ repository, call }: Exchange, layerDigest: string): Promise<number> {
  const layerDigests = [layerDigest];
  const { layers, failures } = await call('BatchCheckLayerAvailability', { ...repository, layerDigests });
  throwFailure(failures);
  const [layer] = layers ?? [];
  if (layer?.layerAvailability !== 'AVAILABLE')
    throw refusal('LayerNotFound', `The layer with digest '${layerDigest}' is not in the repository`);
  return layer.layerSize ?? 0;
}

export const headBlob: Responder = async (exchange) => {
  const size = await sizeOfBlob(exchange, exchange.reference);
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(size),
    [DIGEST_HEADER]: exchange.reference,
  };
  return { status: 200, headers, body: '' };
};

/** Redirects to the host under which the client reached the registry, since the client may be unable to resolve another host. */
export const getBlob: Responder = async (exchange) => {
  const { region, repository, request, reference, call } = exchange;
  await sizeOfBlob(exchange, reference);
  await call('GetDownloadUrlForLayer', { ...repository, layerDigest: reference });
  const location = layerUrl(region, reference, request.headers['host'] ?? '');
  return { status: 307, headers: { location, [DIGEST_HEADER]: reference }, body: '' };
};
