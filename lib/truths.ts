/** The table of retriable truths: errors of AWS that pass by themselves, why, and for how long. */
import { codeOf, messageOf } from './aws-error.ts';

/** One truth. */
export interface Truth {
  /** The commands it concerns, without `Command`. */
  readonly commands: readonly string[];
  readonly code: string | RegExp;
  readonly message?: RegExp;
  /** Why it passes. */
  readonly why: string;
  /** Seconds after which it is taken for the truth. */
  readonly seconds: number;
}

/** Ids that EC2 does not know yet, seconds after it made them. */
const FRESH_ID =
  /^(InvalidVpcID|InvalidSubnetI[Dd]|InvalidGroup|InvalidSecurityGroupID|InvalidRouteTableI[Dd]|InvalidInternetGatewayID|InvalidGatewayID|InvalidAllocationID|InvalidNatGatewayID)\.NotFound$|^NatGatewayNotFound$/;

/** @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
export const truths: readonly Truth[] = [
  {
    commands: [
      'CreateSubnet',
      'ModifyVpcAttribute',
      'ModifySubnetAttribute',
      'AttachInternetGateway',
      'CreateRouteTable',
      'CreateRoute',
      'ReplaceRoute',
      'AssociateRouteTable',
      'ReplaceRouteTableAssociation',
      'CreateNatGateway',
      'CreateSecurityGroup',
      'AuthorizeSecurityGroupIngress',
      'AuthorizeSecurityGroupEgress',
    ],
    code: FRESH_ID,
    why: 'an id made seconds ago is not known everywhere yet',
    seconds: 60,
  },
  {
    commands: ['CreateLoadBalancer'],
    code: 'InvalidSubnet',
    message: /no internet gateway/,
    why: 'the attachment of the internet gateway is not seen yet',
    seconds: 60,
  },
  {
    commands: ['CreateLoadBalancer', 'CreateTargetGroup'],
    code: /^(SubnetNotFound|InvalidSecurityGroup|ValidationError)$/,
    message: /not found|does not exist|cannot be found/i,
    why: 'an id made seconds ago is not known everywhere yet',
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
    seconds: 240,
  },
  {
    commands: ['CreateService'],
    code: /^(InvalidParameter|ClusterNotFound)$/,
    message: /still Draining|not idempotent|Cluster not found/,
    why: 'a service of this name is being removed, or the cluster is not seen yet',
    seconds: 120,
  },
  {
    commands: ['RegisterTaskDefinition', 'CreateService', 'UpdateService'],
    code: /^(AccessDenied|Client)$/,
    message: /iam:PassRole|Role is not valid/,
    why: 'a role made moments ago is not seen everywhere yet',
    seconds: 120,
  },
  {
    commands: ['PutRolePolicy', 'CreateRole', 'UpdateAssumeRolePolicy'],
    code: /^(NoSuchEntity|MalformedPolicyDocument|ConcurrentModification)$/,
    message: /cannot be found|Invalid principal|try again/i,
    why: 'IAM has not spread what was made moments ago',
    seconds: 120,
  },
  {
    commands: ['ChangeResourceRecordSets', 'DeleteHostedZone'],
    code: 'PriorRequestNotComplete',
    why: 'Route 53 is still working on the request before',
    seconds: 60,
  },
  {
    commands: ['ChangeResourceRecordSets'],
    code: 'NoSuchHostedZone',
    why: 'a zone made seconds ago is not known everywhere yet',
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
];

/** The truth that an error of a command is, if it is one that passes. */
export const truthOf = (command: string, error: unknown): Truth | undefined =>
  truths.find(
    ({ commands, code, message }) =>
      commands.includes(command) &&
      (typeof code === 'string' ? code === codeOf(error) : code.test(codeOf(error))) &&
      (message === undefined || message.test(messageOf(error))),
  );
