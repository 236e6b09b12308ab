/** The errors of the registry endpoint: each refusal of ECR has a code and a status of the registry's protocol. */
import { ownProperty } from '../own-property.ts';
import type { Refusal } from '../protocol/refusal.ts';
import type { StreamedResponse } from '../protocol/wire.ts';

/** A code of the registry's protocol, with its HTTP status. */
type RegistryCode = readonly [code: string, status: number];

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
const CODES: Readonly<Record<string, RegistryCode>> = {
  RepositoryNotFoundException: ['NAME_UNKNOWN', 404],
  ImageNotFound: ['MANIFEST_UNKNOWN', 404],
  InvalidImageDigest: ['DIGEST_INVALID', 400],
  InvalidLayerDigest: ['DIGEST_INVALID', 400],
  ImageReferencedByManifestList: ['DENIED', 403],
  ImageTagAlreadyExistsException: ['TAG_INVALID', 400],
  ImageDigestDoesNotMatchException: ['DIGEST_INVALID', 400],
  LayersNotFoundException: ['MANIFEST_BLOB_UNKNOWN', 404],
  ReferencedImagesNotFoundException: ['MANIFEST_BLOB_UNKNOWN', 404],
  LayerInaccessibleException: ['BLOB_UNKNOWN', 404],
  UploadNotFoundException: ['BLOB_UPLOAD_UNKNOWN', 404],
  InvalidLayerPartException: ['BLOB_UPLOAD_INVALID', 416],
  LayerPartTooSmallException: ['SIZE_INVALID', 400],
  EmptyUploadException: ['SIZE_INVALID', 400],
  LimitExceededException: ['SIZE_INVALID', 413],
  RequestEntityTooLarge: ['SIZE_INVALID', 413],
  SerializationException: ['MANIFEST_INVALID', 400],
  InvalidLayerException: ['DIGEST_INVALID', 400],
  // The next refusals are those of the endpoint itself.
  LayerNotFound: ['BLOB_UNKNOWN', 404],
  ManifestTooLarge: ['SIZE_INVALID', 413],
  InterruptedUpload: ['BLOB_UPLOAD_INVALID', 400],
  NotImplemented: ['UNSUPPORTED', 405],
};

/** The codes of an InvalidParameterException, keyed by the parameter that its message names. */
const CODES_OF_PARAMETERS: Readonly<Record<string, RegistryCode>> = {
  repositoryName: ['NAME_INVALID', 400],
  imageTag: ['TAG_INVALID', 400],
  imageDigest: ['DIGEST_INVALID', 400],
  layerDigests: ['DIGEST_INVALID', 400],
  uploadId: ['BLOB_UPLOAD_UNKNOWN', 404],
};

/** Any other parameter comes from the manifest. */
const INVALID_MANIFEST: RegistryCode = ['MANIFEST_INVALID', 400];
const UNKNOWN: RegistryCode = ['UNKNOWN', 500];

function codeOf({ code, message }: Refusal): RegistryCode {
  if (code !== 'InvalidParameterException') return ownProperty(CODES, code) ?? UNKNOWN;
  const [, path = ''] = /^Invalid parameter at '([\w.]+)'/.exec(message) ?? [];
  const codes = path.split('.').map((name) => ownProperty(CODES_OF_PARAMETERS, name));
  return codes.find((found) => found !== undefined) ?? INVALID_MANIFEST;
}

/** Makes the response to a request that ECR refuses. */
export function errorResponse(refused: Refusal): StreamedResponse {
  const [code, status] = codeOf(refused);
  return errorPage(status, code, refused.message);
}

/** Makes an error in the JSON format of the registry's protocol. */
export const errorPage = (status: number, code: string, message: string): StreamedResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: `${JSON.stringify({ errors: [{ code, message }] })}\n`,
});
