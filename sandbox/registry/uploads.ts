/** Uploads at the registry endpoint: a blob is sent at once, in chunks, or taken over from another repository. */
import { canMountBlobs } from '../aws/ecr/account-settings.ts';
import { requestedRepository } from '../aws/ecr/checks.ts';
import { layerDigestsOf } from '../aws/ecr/image-rows.ts';
import { shareLayer } from '../aws/ecr/layer-rows.ts';
import { bytesReceived, MIN_PART_SIZE, PART_SIZE, uploadOf } from '../aws/ecr/layers.ts';
import { refusal } from '../protocol/refusal.ts';
import type { StreamedResponse } from '../protocol/wire.ts';
import { partsOfBody } from './bodies.ts';
import { DIGEST_HEADER, isRefusal, pathOf, type Exchange, type Responder } from './exchange.ts';

/** Starts an upload. With `digest`, the request contains the whole blob. With `mount`, another repository may supply the blob. */
export const startUpload: Responder = async (exchange) => {
  const { request, repository, call } = exchange;
  const { query } = request;
  const mounted = query.get('mount');
  if (mounted !== null && mountLayer(exchange, mounted, query.get('from') ?? ''))
    return createdResponse(exchange, mounted);
  const { uploadId = '' } = await call('InitiateLayerUpload', repository);
  const digest = query.get('digest');
  if (digest === null) return uploadStatus(exchange, uploadId, 202);
  await receive(exchange, uploadId);
  return complete(exchange, uploadId, digest);
};

/** Reports how many bytes an upload has received. */
export const getUpload: Responder = async (exchange) => uploadStatus(exchange, exchange.reference, 204);

export const continueUpload: Responder = async (exchange) => {
  await receive(exchange, exchange.reference);
  return uploadStatus(exchange, exchange.reference, 202);
};

/** Completes an upload. The request may contain the last chunk. */
export const completeUpload: Responder = async (exchange) => {
  await receive(exchange, exchange.reference);
  return complete(exchange, exchange.reference, exchange.request.query.get('digest') ?? '');
};

/** Takes over a layer that an image of another repository uses, if the account allows it. Returns whether it did. */
function mountLayer({ region, repository }: Exchange, digest: string, from: string): boolean {
  const source = region.ecr.repositories.get(from);
  const layer = source?.layers.find((one) => one.digest === digest);
  const isUsed = source?.images.some((image) => layerDigestsOf(image).includes(digest)) ?? false;
  if (!canMountBlobs(region) || !layer || !isUsed) return false;
  shareLayer(requestedRepository(region, repository), layer);
  region.changed();
  return true;
}

/** Passes the body of a request on to ECR, in parts that follow what the upload has received. */
async function receive({ region, request, repository, call }: Exchange, uploadId: string): Promise<void> {
  let partFirstByte = bytesReceived(uploadOf(region, { ...repository, uploadId }).upload);
  const [, first = String(partFirstByte)] = /^(\d+)-\d+$/.exec(request.headers['content-range'] ?? '') ?? [];
  if (Number(first) !== partFirstByte)
    throw refusal(
      'InvalidLayerPartException',
      `The chunk starts at byte ${first}; the upload has received ${partFirstByte} bytes`,
    );
  for await (const layerPartBlob of partsOfBody(request.body, PART_SIZE)) {
    const partLastByte = partFirstByte + layerPartBlob.length - 1;
    const part = { ...repository, uploadId, partFirstByte, partLastByte, layerPartBlob };
    await call('UploadLayerPart', part);
    partFirstByte = partLastByte + 1;
  }
}

async function complete(exchange: Exchange, uploadId: string, digest: string): Promise<StreamedResponse> {
  const { repository, call } = exchange;
  try {
    await call('CompleteLayerUpload', { ...repository, uploadId, layerDigests: [digest] });
  } catch (error) {
    // Two clients may push the same blob at the same time.
    if (!isRefusal(error, 'LayerAlreadyExistsException')) throw error;
  }
  return createdResponse(exchange, digest);
}

function createdResponse(exchange: Exchange, digest: string): StreamedResponse {
  const headers = { location: pathOf(exchange, `blobs/${digest}`), [DIGEST_HEADER]: digest };
  return { status: 201, headers, body: '' };
}

function uploadStatus(exchange: Exchange, uploadId: string, status: number): StreamedResponse {
  const { upload } = uploadOf(exchange.region, { ...exchange.repository, uploadId });
  return {
    status,
    headers: {
      location: pathOf(exchange, `blobs/uploads/${uploadId}`),
      range: `0-${Math.max(0, bytesReceived(upload) - 1)}`,
      'docker-upload-uuid': uploadId,
      'oci-chunk-min-length': String(MIN_PART_SIZE),
    },
    body: '',
  };
}
