/** The refusals of S3, in AWS's wording. Section 10c of docs/aws-semantics.md lists their codes and sources. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const noSuchBucket = (name: string): Refusal =>
  refusal('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
export const invalidBucketName = (name: string): Refusal =>
  refusal('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: name });
export const bucketOwnedByYou = (name: string): Refusal =>
  refusal(
    'BucketAlreadyOwnedByYou',
    'Your previous request to create the named bucket succeeded and you already own it.',
    409,
    { BucketName: name },
  );
export const bucketNotEmpty = (name: string, isVersioned: boolean): Refusal =>
  refusal(
    'BucketNotEmpty',
    `The bucket you tried to delete is not empty${isVersioned ? '. You must delete all versions in the bucket.' : ''}`,
    409,
    { BucketName: name },
  );
/** The refusal of a call that was sent to another region than the bucket's. Clients read the region in its header. */
export const permanentRedirect = (name: string, region: string): Refusal =>
  refusal(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    301,
    { Bucket: name, headers: { 'x-amz-bucket-region': region } },
  );
export const accessDenied = (): Refusal => refusal('AccessDenied', 'Access Denied', 403);
export const illegalLocation = (constraint = 'unspecified'): Refusal =>
  refusal(
    'IllegalLocationConstraintException',
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
export const invalidLocation = (constraint: string): Refusal =>
  refusal('InvalidLocationConstraint', 'The specified location-constraint is not valid', 400, {
    LocationConstraint: constraint,
  });
export const malformedPolicy = (message: string): Refusal => refusal('MalformedPolicy', message);
export const malformedXml = (): Refusal =>
  refusal(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
export const invalidArgument = (message: string): Refusal => refusal('InvalidArgument', message);
export const invalidTag = (message: string): Refusal => refusal('InvalidTag', message);
export const badRequest = (message: string): Refusal => refusal('BadRequest', message);
export const aclNotSupported = (): Refusal =>
  refusal('AccessControlListNotSupported', 'The bucket does not allow ACLs');
export const noSuchKey = (key: string): Refusal =>
  refusal('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
export const noSuchVersion = (key: string, version: string): Refusal =>
  refusal('NoSuchVersion', 'The specified version does not exist.', 404, { Key: key, VersionId: version });
export const isDeleteMarker = (): Refusal =>
  refusal('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
    ResourceType: 'DeleteMarker',
    headers: { 'x-amz-delete-marker': 'true' },
  });
export const badDigest = (): Refusal =>
  refusal('BadDigest', 'The Content-MD5 you specified did not match what we received.');

/** The refusals of reads of settings that a bucket lacks. */
export const MISSING = {
  policy: () => refusal('NoSuchBucketPolicy', 'The bucket policy does not exist', 404),
  publicAccessBlock: () =>
    refusal(
      'NoSuchPublicAccessBlockConfiguration',
      'The public access block configuration was not found',
      404,
    ),
  ownership: () =>
    refusal('OwnershipControlsNotFoundError', 'The bucket ownership controls were not found', 404),
  lifecycle: () => refusal('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', 404),
  tags: () => refusal('NoSuchTagSet', 'The TagSet does not exist', 404),
  cors: () => refusal('NoSuchCORSConfiguration', 'The CORS configuration does not exist', 404),
  website: () =>
    refusal('NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration', 404),
  replication: () =>
    refusal('ReplicationConfigurationNotFoundError', 'The replication configuration was not found', 404),
  objectLock: () =>
    refusal(
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
      404,
    ),
};
