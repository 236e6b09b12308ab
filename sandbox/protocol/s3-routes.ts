/** Finds the operation and the bucket of a request to S3, which names the bucket in the path or in the host. */
import type { OperationShape } from './schemas.ts';
import type { WireRequest } from './wire.ts';

/** The bucket and the key that a request addresses. */
export interface S3Place {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
}

/** A host such as `logs.localhost:4566` names a bucket; `localhost` and addresses name none. */
const VIRTUAL_HOST = /^(.+?)\.(?:s3(?:\.[a-z\d-]+)?\.)?localhost(?::\d+)?$/i;

/**
 * Returns the bucket and the key that a request addresses, decoded.
 * @throws URIError for a path that is not encoded correctly
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function placeOfS3({ path, headers }: Pick<WireRequest, 'path' | 'headers'>): S3Place {
  const [, virtualBucket] = VIRTUAL_HOST.exec(headers['host'] ?? '') ?? [];
  const isVirtual = virtualBucket !== undefined && !/^s3(\.[a-z\d-]+)?$/i.test(virtualBucket);
  const [, bucket = '', key = ''] = isVirtual
    ? ['', virtualBucket, path.slice(1)]
    : (/^\/([^/]*)\/?(.*)$/s.exec(path) ?? []);
  const decoded = { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) };
  return { bucket: decoded.bucket || undefined, key: decoded.key || undefined };
}

interface Route {
  readonly name: string;
  readonly method: string;
  readonly hasKey: boolean;
  /** The parts of the query that select the operation. `x-id` is only a hint, which other clients omit. */
  readonly query: readonly (readonly [name: string, value: string])[];
}

/** The operations whose templates differ from another's only in parameters and headers, each with what tells it apart. */
const MARKED: Readonly<Record<string, (request: WireRequest) => boolean>> = {
  AbortMultipartUpload: ({ query }) => query.has('uploadId'),
  CompleteMultipartUpload: ({ query }) => query.has('uploadId'),
  ListParts: ({ query }) => query.has('uploadId'),
  UploadPart: ({ query, headers }) => query.has('uploadId') && !headers['x-amz-copy-source'],
  UploadPartCopy: ({ query, headers }) => query.has('uploadId') && !!headers['x-amz-copy-source'],
  CopyObject: ({ headers }) => !!headers['x-amz-copy-source'],
  GetBucketAnalyticsConfiguration: ({ query }) => query.has('id'),
  GetBucketIntelligentTieringConfiguration: ({ query }) => query.has('id'),
  GetBucketInventoryConfiguration: ({ query }) => query.has('id'),
  GetBucketMetricsConfiguration: ({ query }) => query.has('id'),
};

/** The operations that address no bucket. */
const WITHOUT_BUCKET = ['ListBuckets', 'ListDirectoryBuckets', 'WriteGetObjectResponse'];

function routeOf({ name, http }: OperationShape): Route | undefined {
  if (!http || ['ListDirectoryBuckets', 'WriteGetObjectResponse'].includes(name)) return undefined;
  const [method, template] = http;
  const [path = '', query = ''] = template.split('?');
  return {
    name,
    method,
    hasKey: path.includes('{Key+}'),
    query: [...new URLSearchParams(query)].filter(([parameter]) => parameter !== 'x-id'),
  };
}

/** Makes a function that returns the name of the operation that a request calls. */
export function s3Router(operations: Iterable<OperationShape>): (request: WireRequest) => string | undefined {
  const routes = [...operations]
    .flatMap((operation) => routeOf(operation) ?? [])
    // The most specific route comes first.
    .sort((a, b) => weightOf(b) - weightOf(a));
  return (request) => {
    let place: S3Place;
    try {
      place = placeOfS3(request);
    } catch {
      return undefined;
    }
    return routes.find(
      ({ name, method, hasKey, query }) =>
        method === request.method &&
        hasKey === (place.key !== undefined) &&
        WITHOUT_BUCKET.includes(name) === (place.bucket === undefined) &&
        query.every(([parameter, value]) =>
          value === '' ? request.query.has(parameter) : request.query.get(parameter) === value,
        ) &&
        (MARKED[name]?.(request) ?? true),
    )?.name;
  };
}

const weightOf = ({ name, query }: Route): number => 2 * query.length + (name in MARKED ? 1 : 0);
