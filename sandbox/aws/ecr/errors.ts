/** The refusals of ECR, in ECR's wording. The catalogue of AWS semantics (§5) lists their codes and sources. */
import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import { refusal, type Refusal } from '../../protocol/refusal.ts';

/** The name of a repository and the id of its registry. Nearly all of ECR's messages contain them. */
export interface RepositoryIdentity {
  readonly repositoryName: string;
  readonly registryId: string;
}

const repositoryText = ({ repositoryName, registryId }: RepositoryIdentity) =>
  `the repository with name '${repositoryName}' in the registry with id '${registryId}'`;

export const invalidParameter = (name: string, constraint: string): Refusal =>
  refusal(
    'InvalidParameterException',
    `Invalid parameter at '${name}' failed to satisfy constraint: '${constraint}'`,
  );

export const repositoryNotFound = ({ repositoryName, registryId }: RepositoryIdentity): Refusal =>
  refusal(
    'RepositoryNotFoundException',
    `The repository with name '${repositoryName}' does not exist in the registry with id '${registryId}'`,
  );

export const repositoryExists = ({ repositoryName, registryId }: RepositoryIdentity): Refusal =>
  refusal(
    'RepositoryAlreadyExistsException',
    `The repository with name '${repositoryName}' already exists in the registry with id '${registryId}'`,
  );

export const repositoryNotEmpty = ({ repositoryName, registryId }: RepositoryIdentity): Refusal =>
  refusal(
    'RepositoryNotEmptyException',
    `The repository with name '${repositoryName}' in registry with id '${registryId}' cannot be deleted because it still contains images`,
  );

export const lifecyclePolicyNotFound = (identity: RepositoryIdentity): Refusal =>
  refusal(
    'LifecyclePolicyNotFoundException',
    `Lifecycle policy does not exist for ${repositoryText(identity)}`,
  );

export const repositoryPolicyNotFound = (identity: RepositoryIdentity): Refusal =>
  refusal(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for ${repositoryText(identity)}`,
  );

const imageIdText = ({ imageDigest = 'null', imageTag = 'null' }: ImageIdentifier) =>
  `{imageDigest:'${imageDigest}', imageTag:'${imageTag}'}`;

export const imageNotFound = (id: ImageIdentifier, identity: RepositoryIdentity): Refusal =>
  refusal(
    'ImageNotFoundException',
    `The image with imageId ${imageIdText(id)} does not exist within ${repositoryText(identity)}`,
  );

export const scanNotFound = (id: ImageIdentifier, identity: RepositoryIdentity): Refusal =>
  refusal(
    'ScanNotFoundException',
    `Image scan does not exist for the image with '${imageIdText(id)}' in ${repositoryText(identity)}`,
  );

export const imageExists = (digest: string, tag: string | undefined, identity: RepositoryIdentity): Refusal =>
  refusal(
    'ImageAlreadyExistsException',
    `Image with digest '${digest}'${tag === undefined ? '' : ` and tag '${tag}'`} already exists in ${repositoryText(identity)}`,
  );

export const tagIsImmutable = (tag: string, { repositoryName }: RepositoryIdentity): Refusal =>
  refusal(
    'ImageTagAlreadyExistsException',
    `The image tag '${tag}' already exists in the '${repositoryName}' repository and cannot be overwritten because the tag is immutable.`,
  );

export const digestMismatch = (given: string, calculated: string): Refusal =>
  refusal(
    'ImageDigestDoesNotMatchException',
    `The provided digest '${given}' does not match the calculated digest '${calculated}'`,
  );

const missingForImage = (code: string, parts: string) => (digests: string[], identity: RepositoryIdentity) =>
  refusal(
    code,
    `${parts} with digests '[${digests.join(', ')}]' required for pushing image into ${repositoryText(identity)} do not exist`,
  );
export const layersNotFound = missingForImage('LayersNotFoundException', 'Layers');
export const imagesNotFound = missingForImage('ReferencedImagesNotFoundException', 'Images');

export const layerNotFound = (digest: string, identity: RepositoryIdentity): Refusal =>
  refusal(
    'LayersNotFoundException',
    `The layer with digest '${digest}' does not exist within ${repositoryText(identity)}`,
  );

export const layerInaccessible = (digest: string, identity: RepositoryIdentity): Refusal =>
  refusal(
    'LayerInaccessibleException',
    `The layer with digest '${digest}' in ${repositoryText(identity)} is not associated with an image`,
  );

export const uploadNotFound = (uploadId: string, identity: RepositoryIdentity): Refusal =>
  refusal(
    'UploadNotFoundException',
    `Layer upload '${uploadId}' does not exist for ${repositoryText(identity)}`,
  );

export const emptyUpload = (uploadId: string): Refusal =>
  refusal('EmptyUploadException', `Layer upload '${uploadId}' does not contain any layer parts`);

export const layerExists = (digest: string, identity: RepositoryIdentity): Refusal =>
  refusal(
    'LayerAlreadyExistsException',
    `Layer with digest '${digest}' already exists in ${repositoryText(identity)}`,
  );

/** @param lastByte the zero-based index of the last received byte; -1 when no byte was received */
export const invalidLayerPart = (why: string, uploadId: string, lastByte: number): Refusal =>
  refusal(
    'InvalidLayerPartException',
    `Layer part is not valid for layer upload '${uploadId}': ${why}; the last valid byte received is ${lastByte}`,
  );

export const layerPartTooSmall = (): Refusal =>
  refusal('LayerPartTooSmallException', 'Layer parts must be at least 5 MiB in size, except the last one');

export const layerTooLarge = (maxBytes: number): Refusal =>
  refusal('LimitExceededException', `In the sandbox, a layer can have at most ${maxBytes} bytes`);

export const invalidLayer = (why: string): Refusal => refusal('InvalidLayerException', why);

/** The refusal of a feature that the sandbox's ECR lacks. */
export const notImplemented = (what: string): Refusal =>
  refusal('NotImplemented', `The sandbox's ECR has no ${what}`, 501);
