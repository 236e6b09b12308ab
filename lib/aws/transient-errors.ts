/** AWS errors that clear up on their own: which ones, why, and how long to retry. No other error is retried. */
import { transientElbErrors } from './transient-elb-errors.ts';
import { codeOf, isNotFound, isThrottle, isTransient, messageOf } from './errors.ts';

/** One row: an error, and when to stop retrying. */
export interface TransientError {
  /** The names of the commands that the row applies to, without the suffix `Command`; by default all commands. */
  readonly commands?: readonly string[];
  /** A pattern for the commands, where there are too many to list. */
  readonly commandPattern?: RegExp;
  /** The errors: their code, or a predicate that covers several codes. */
  readonly code: string | RegExp | ((error: unknown) => boolean);
  readonly message?: RegExp;
  /** Why the error clears up; shown to users while a call is retried. */
  readonly why: string;
  /** Seconds after which the error counts as permanent. */
  readonly seconds: number;
  /** Whether the error is transient only for recently created resources, and permanent for all others. */
  readonly onlyRecentlyCreated?: true;
  /** The maximum number of times that a call is sent; by default only the time is limited. */
  readonly maxAttempts?: number;
  /** Whether the call may have taken effect: a create without a client token must then not be sent again. */
  readonly mayHaveTakenEffect?: true;
  /**
   * For exponential backoff with full jitter: each delay is a random part of a span. The span starts at this many milliseconds
   * and doubles with every retry, up to 20 s. By default, all delays are equal and short, since most errors clear up within
   * seconds.
   */
  readonly backoffFromMs?: number;
}

/** Commands that refer to resources created by other calls. Deletes are left out: for them, "not found" is success. */
const REFERRING_COMMANDS =
  /^(Add|Associate|Attach|Authorize|Change|Create|Initiate|Modify|Put|Register|Replace|Set|Tag)|^(DescribeTargetHealth|UpdateAssumeRolePolicy|UpdateService)$/;

/** @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
export const transientErrors: readonly TransientError[] = [
  {
    commandPattern: REFERRING_COMMANDS,
    code: isNotFound,
    why: 'a resource that was just created is not visible everywhere yet',
    seconds: 60,
    onlyRecentlyCreated: true,
  },
  ...transientElbErrors,
  // https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
  {
    commands: ['AssociateWebACL'],
    code: 'WAFUnavailableEntity',
    why: 'WAF does not know the new load balancer or the new web ACL everywhere yet',
    seconds: 600,
  },
  {
    commands: ['CreateCluster', 'CreateService', 'RunTask'],
    code: 'InvalidParameter',
    message: /service linked role|service role being passed/,
    why: "ECS's service-linked role was just created and is not usable yet",
    seconds: 120,
  },
  {
    commands: ['CreateService', 'UpdateService'],
    code: 'InvalidParameter',
    message: /does not have an associated load balancer/,
    why: 'the rule that uses the target group is not visible to ECS yet',
    onlyRecentlyCreated: true,
    seconds: 240,
  },
  {
    commands: ['CreateService'],
    code: /^(InvalidParameter|ClusterNotFound)$/,
    message: /still Draining|Cluster not found/,
    why: 'a service with this name is still draining, or the cluster is not visible yet',
    seconds: 120,
  },
  {
    commands: ['CreateService', 'UpdateService', 'RunTask'],
    code: 'InvalidParameter',
    message: /ErrorCode: Invalid\w+\.NotFound/,
    why: 'a security group or subnet that was just created is not known to ECS yet',
    onlyRecentlyCreated: true,
    seconds: 60,
  },
  {
    commands: ['CreateService', 'UpdateService', 'RunTask'],
    code: 'Client',
    message: /TaskDefinition not found/,
    why: 'a task definition that was just registered is not visible everywhere yet',
    onlyRecentlyCreated: true,
    seconds: 60,
  },
  {
    commands: ['RegisterTaskDefinition', 'CreateService', 'UpdateService', 'RunTask'],
    code: /^(AccessDenied|Client|InvalidParameter)$/,
    message: /iam:PassRole|Role is not valid|Unable to assume (the )?role/i,
    why: 'a role that was just created is not visible everywhere yet',
    onlyRecentlyCreated: true,
    seconds: 120,
  },
  {
    commands: ['PutRolePolicy', 'CreateRole', 'UpdateAssumeRolePolicy'],
    code: /^(NoSuchEntity|MalformedPolicyDocument|ConcurrentModification)$/,
    message: /cannot be found|Invalid principal|try again/i,
    why: 'IAM has not propagated a recent change yet',
    onlyRecentlyCreated: true,
    seconds: 120,
  },
  {
    commands: ['ChangeResourceRecordSets', 'DeleteHostedZone'],
    code: 'PriorRequestNotComplete',
    why: 'Route 53 is still processing an earlier request',
    seconds: 60,
  },
  {
    commands: ['CreateLogGroup', 'DeleteLogGroup'],
    code: 'OperationAborted',
    why: 'CloudWatch Logs is still processing an earlier request',
    seconds: 60,
  },
  {
    commands: [
      'CreateBucket',
      'DeleteBucket',
      'PutBucketPolicy',
      'PutPublicAccessBlock',
      'PutBucketOwnershipControls',
    ],
    code: 'OperationAborted',
    why: 'S3 is still processing an earlier request',
    seconds: 120,
  },
  // Errors of deletes. They last until resources that were deleted earlier are really gone.
  {
    commands: ['ReleaseAddress'],
    code: /^(AuthFailure|InvalidIPAddress\.InUse|InvalidNetworkInterfaceID\.NotFound)$/,
    why: 'the NAT gateway has not released the address yet',
    seconds: 120,
  },
  {
    commands: [
      'DetachInternetGateway',
      'DeleteInternetGateway',
      'DeleteSubnet',
      'DeleteSecurityGroup',
      'DeleteVpc',
    ],
    code: /^(DependencyViolation|InvalidGroup\.InUse)$/,
    why: 'network interfaces of deleted resources take minutes to disappear',
    seconds: 1200,
  },
  {
    commands: ['DisassociateSubnetCidrBlock', 'DisassociateVpcCidrBlock'],
    code: /^(InvalidCidrBlock\.InUse|DependencyViolation)$/,
    why: 'the load balancer has not released its IPv6 addresses yet',
    seconds: 600,
  },
  {
    commands: ['DeleteRouteTable'],
    code: 'DependencyViolation',
    why: 'a removed association is still visible',
    seconds: 300,
  },
  {
    commands: ['DeleteTargetGroup'],
    code: 'ResourceInUse',
    why: 'a deleted rule that used the target group is still visible',
    seconds: 120,
  },
  {
    commands: ['DeleteCluster'],
    code: /^(ClusterContainsServices|ClusterContainsTasks|UpdateInProgress)$/,
    why: 'the last services and tasks are still stopping',
    seconds: 600,
  },
  {
    commands: ['DeleteRole'],
    code: 'DeleteConflict',
    why: 'IAM has not propagated the deletion of a policy yet',
    seconds: 120,
  },
  // Errors of any call. They come last, so that the more specific rows match first.
  {
    code: isThrottle,
    why: 'the account has reached an API rate limit, which refills over time',
    seconds: 180,
    maxAttempts: 10,
    backoffFromMs: 500,
  },
  {
    code: isTransient,
    why: 'the response was lost, or AWS failed briefly',
    seconds: 60,
    maxAttempts: 4,
    mayHaveTakenEffect: true,
    backoffFromMs: 100,
  },
];

/** Returns the row for an error of a command; undefined if the error is permanent. */
export const transientErrorFor = (command: string, error: unknown): TransientError | undefined =>
  transientErrors.find(
    ({ commands, commandPattern, code, message }) =>
      (commands?.includes(command) ?? true) &&
      (commandPattern?.test(command) ?? true) &&
      matches(code, error) &&
      (message === undefined || message.test(messageOf(error))),
  );

function matches(code: TransientError['code'], error: unknown): boolean {
  if (typeof code === 'function') return code(error);
  return typeof code === 'string' ? code === codeOf(error) : code.test(codeOf(error));
}
