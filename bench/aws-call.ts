/** Identifies the AWS call of an HTTP request: its service and operation. Pure. */

/** The parts of a request that identify its call. */
export interface ApiRequest {
  readonly method: string;
  /** The path, with its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A call of an AWS operation. */
export interface AwsCall {
  /** The service's name in the signature: `ec2`, `elasticloadbalancing`, `ecs`. */
  readonly service: string;
  readonly operation: string;
  readonly mutating: boolean;
}

/** Matches the names of operations that only read. */
const READ_ONLY_NAME = /^(Describe|Get|List|BatchGet|BatchCheck|Simulate)/;

/**
 * Identifies a call. The operation is in the form body (EC2, ELB, IAM, STS), in a header (ECS, ECR) or at the end of the
 * path (CBOR, such as CloudWatch Logs). For Route 53, the operation follows from the method and the path.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function awsCallOf({ method, url, headers, body }: ApiRequest): AwsCall {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(String(headers['authorization']))?.[1];
  const [path = ''] = url.split('?');
  const operation =
    /\.(\w+)$/.exec(String(headers['x-amz-target'] ?? ''))?.[1] ??
    new URLSearchParams(body).get('Action') ??
    /\/operation\/(\w+)$/.exec(path)?.[1] ??
    route53Operation(method, path);
  return {
    service: service ?? 'unsigned',
    operation,
    mutating: !/^(GET|HEAD) /.test(operation) && !READ_ONLY_NAME.test(operation),
  };
}

const PATH_PREFIX = '/2013-04-01/';

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53.html */
const ROUTE53_OPERATIONS: readonly (readonly [method: string, path: RegExp, operation: string])[] = [
  ['GET', /^hostedzone$/, 'ListHostedZones'],
  ['POST', /^hostedzone$/, 'CreateHostedZone'],
  ['GET', /^hostedzone\/[^/]+$/, 'GetHostedZone'],
  ['POST', /^hostedzone\/[^/]+$/, 'UpdateHostedZoneComment'],
  ['DELETE', /^hostedzone\/[^/]+$/, 'DeleteHostedZone'],
  ['GET', /^hostedzone\/[^/]+\/rrset$/, 'ListResourceRecordSets'],
  ['POST', /^hostedzone\/[^/]+\/rrset$/, 'ChangeResourceRecordSets'],
  ['GET', /^hostedzonesbyname$/, 'ListHostedZonesByName'],
  ['GET', /^change\/[^/]+$/, 'GetChange'],
  ['GET', /^tags\/hostedzone\/[^/]+$/, 'ListTagsForResource'],
  ['POST', /^tags\/hostedzone\/[^/]+$/, 'ChangeTagsForResource'],
];

/** Returns the operation for a method and path, or the method and path themselves if they are unknown. */
function route53Operation(method: string, path: string): string {
  const resourcePath = path.startsWith(PATH_PREFIX)
    ? path.slice(PATH_PREFIX.length).replace(/\/$/, '')
    : undefined;
  const found = ROUTE53_OPERATIONS.find(
    ([verb, pattern]) => verb === method && resourcePath !== undefined && pattern.test(resourcePath),
  );
  return found?.[2] ?? `${method} ${path}`;
}
