/** The table of retriable truths: errors of AWS that pass by themselves, why, and for how long. Nothing else is tried again. */
import { codeOf, isNotFound, isThrottle, isTransient, messageOf } from './errors.ts';

/** One truth. */
export interface TransientError {
  /** The commands it concerns, without `Command`; any when left out. */
  readonly commands?: readonly string[];
  /** What their names are like, where they are too many to be named. */
  readonly commandPattern?: RegExp;
  /** Which errors: by code, or by a question that several codes answer. */
  readonly code: string | RegExp | ((error: unknown) => boolean);
  readonly message?: RegExp;
  /** Why it passes. */
  readonly why: string;
  /** Seconds after which it is taken for the truth. */
  readonly seconds: number;
  /** Whether it is true of old things for good: only what was made moments ago passes. */
  readonly onlyRecentlyCreated?: true;
  /** How often a call is sent at most; without it, time alone decides. */
  readonly maxAttempts?: number;
  /** Whether the call may have had its effect: then a create without a client token must not be sent again. */
  readonly ambiguous?: true;
  /**
   * The pauses grow, from these milliseconds on: each is a random part of a span that doubles up to 20 s. Without it
   * they are all the same and short, since most truths pass within seconds.
   */
  readonly backoffFromMs?: number;
}

/** Calls that name what others have made; not the deletes, for which «not found» is what was wanted. */
const REFERRING_COMMANDS =
  /^(Add|Associate|Attach|Authorize|Change|Create|Initiate|Modify|Put|Register|Replace|Set|Tag)|^(DescribeTargetHealth|UpdateAssumeRolePolicy|UpdateService)$/;

/** @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
export const transientErrors: readonly TransientError[] = [
  {
    commandPattern: REFERRING_COMMANDS,
    code: isNotFound,
    why: 'what was made seconds ago is not known everywhere yet',
    seconds: 60,
    onlyRecentlyCreated: true,
  },
  {
    commands: ['CreateLoadBalancer'],
    code: 'InvalidSubnet',
    message: /no internet gateway/,
    why: 'the attachment of the internet gateway is not seen yet',
    onlyRecentlyCreated: true,
    seconds: 60,
  },
  {
    commands: ['CreateLoadBalancer', 'CreateTargetGroup'],
    code: /^(SubnetNotFound|InvalidSecurityGroup|ValidationError)$/,
    message: /not found|does not exist|cannot be found/i,
    why: 'an id made seconds ago is not known everywhere yet',
    onlyRecentlyCreated: true,
    seconds: 60,
  },
  {
    commands: ['CreateCluster', 'CreateService'],
    code: 'InvalidParameter',
    message: /service linked role|service role being passed/,
    why: "ECS's service-linked role was made moments ago",
    seconds: 120,
  },
  {
    commands: ['CreateService', 'UpdateService'],
    code: 'InvalidParameter',
    message: /does not have an associated load balancer/,
    why: 'the rule of the target group is not seen yet',
    onlyRecentlyCreated: true,
    seconds: 240,
  },
  {
    commands: ['CreateService'],
    code: /^(InvalidParameter|ClusterNotFound)$/,
    message: /still Draining|Cluster not found/,
    why: 'a service of this name is being removed, or the cluster is not seen yet',
    seconds: 120,
  },
  {
    commands: ['CreateService', 'UpdateService'],
    code: 'InvalidParameter',
    message: /ErrorCode: Invalid\w+\.NotFound/,
    why: 'a security group or subnet made moments ago is not known to ECS yet',
    onlyRecentlyCreated: true,
    seconds: 60,
  },
  {
    commands: ['CreateService', 'UpdateService'],
    code: 'Client',
    message: /TaskDefinition not found/,
    why: 'a revision made moments ago is not seen everywhere yet',
    onlyRecentlyCreated: true,
    seconds: 60,
  },
  {
    commands: ['RegisterTaskDefinition', 'CreateService', 'UpdateService'],
    code: /^(AccessDenied|Client)$/,
    message: /iam:PassRole|Role is not valid/,
    why: 'a role made moments ago is not seen everywhere yet',
    onlyRecentlyCreated: true,
    seconds: 120,
  },
  {
    commands: ['PutRolePolicy', 'CreateRole', 'UpdateAssumeRolePolicy'],
    code: /^(NoSuchEntity|MalformedPolicyDocument|ConcurrentModification)$/,
    message: /cannot be found|Invalid principal|try again/i,
    why: 'IAM has not spread what was made moments ago',
    onlyRecentlyCreated: true,
    seconds: 120,
  },
  {
    commands: ['ChangeResourceRecordSets', 'DeleteHostedZone'],
    code: 'PriorRequestNotComplete',
    why: 'Route 53 is still working on the request before',
    seconds: 60,
  },
  {
    commands: ['CreateLogGroup', 'DeleteLogGroup'],
    code: 'OperationAborted',
    why: 'CloudWatch Logs is still working on the request before',
    seconds: 60,
  },
  // What stands in the way of a delete, until what was deleted before it is really gone.
  {
    commands: ['ReleaseAddress'],
    code: /^(AuthFailure|InvalidIPAddress\.InUse|InvalidNetworkInterfaceID\.NotFound)$/,
    why: 'the NAT gateway that held the address is still letting go of it',
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
    why: 'network interfaces of what was deleted linger for minutes',
    seconds: 1200,
  },
  {
    commands: ['DeleteRouteTable'],
    code: 'DependencyViolation',
    why: 'a removed association is still seen',
    seconds: 300,
  },
  {
    commands: ['DeleteTargetGroup'],
    code: 'ResourceInUse',
    why: 'the rule that named the group is still seen',
    seconds: 120,
  },
  {
    commands: ['DeleteCluster'],
    code: /^(ClusterContainsServices|ClusterContainsTasks|UpdateInProgress)$/,
    why: 'the last services and tasks are still going',
    seconds: 600,
  },
  {
    commands: ['DeleteRole'],
    code: 'DeleteConflict',
    why: "IAM's lists lag behind: a deleted policy is still seen",
    seconds: 120,
  },
  // Of any call, and so at the end.
  {
    code: isThrottle,
    why: 'the account has used up a rate limit, which fills again by itself',
    seconds: 180,
    maxAttempts: 10,
    backoffFromMs: 500,
  },
  {
    code: isTransient,
    why: 'the answer was lost, or AWS failed for a moment',
    seconds: 60,
    maxAttempts: 4,
    ambiguous: true,
    backoffFromMs: 100,
  },
];

/** The truth that an error of a command is, if it is one that passes. */
export const transientErrorFor = (command: string, error: unknown): TransientError | undefined =>
  transientErrors.find(
    ({ commands, commandPattern: like, code, message }) =>
      (commands?.includes(command) ?? true) &&
      (like?.test(command) ?? true) &&
      matches(code, error) &&
      (message === undefined || message.test(messageOf(error))),
  );

function matches(code: TransientError['code'], error: unknown): boolean {
  if (typeof code === 'function') return code(error);
  return typeof code === 'string' ? code === codeOf(error) : code.test(codeOf(error));
}

/** No pause is longer. Milliseconds. */
const MAX_DELAY_MS = 20_000;

/**
 * How long to wait before a call is sent again. Milliseconds.
 * @param sent how often it was sent, 1 at least
 * @param every the pause when pauses do not grow, milliseconds
 * @param random from 0 to 1: many calls that failed together must not come back together
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export const retryDelayMs = (
  { backoffFromMs: growing }: TransientError,
  sent: number,
  every: number,
  random: number,
): number => (growing === undefined ? every : random * Math.min(growing * 2 ** (sent - 1), MAX_DELAY_MS));
