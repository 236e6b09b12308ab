/** The permissions that creating resources takes: the actions, and the ARNs that they apply to. Pure. */
import { balancingArnPattern, bucketArn, logGroupArn, repositoryArn, roleArn } from '../derive/arns.ts';
import { FLOW_LOGS, type RoleKey } from '../derive/names.ts';
import { ECS_PRINCIPAL, FLOW_LOGS_PRINCIPAL, partitionOf, TASKS_PRINCIPAL } from '../derive/partitions.ts';
import { managedPolicyArns, serviceOfRole } from '../derive/task-permissions.ts';
import type { Desired } from '../look/context.ts';
import type { Noun } from '../model/architecture.ts';
import type { Change } from '../model/change.ts';
import { ONLY } from '../model/resources.ts';
import { networkActions, type Actions, type Place } from './network-actions.ts';

/** Actions on one resource. */
export interface RequiredActions {
  /** E.g. `ec2:CreateVpc`. */
  readonly actions: readonly string[];
  /** The ARN of the resource, or `*`. The ids that AWS assigns later are zeros. */
  readonly resource: string;
  /** The values of condition keys that are known. */
  readonly context: Readonly<Record<string, string>>;
}

/** The id of a resource of Elastic Load Balancing that does not exist yet. */
const NO_BALANCER_ID = '0123456789abcdef';

const global = ({ location: { region } }: Place, resource: string): string =>
  `arn:${partitionOf(region).id}:${resource}`;
const zoneArn = (place: Place) => global(place, 'route53:::hostedzone/Z0123456789ABCDEFGHIJ');

const regional = ({ location: { region, account } }: Place, service: string, resource: string): string =>
  `arn:${partitionOf(region).id}:${service}:${region}:${account}:${resource}`;

const balancing = ({ location, names }: Place, kind: string, rest = ''): string =>
  balancingArnPattern(location, `${kind}/app/${names.loadBalancer}/${NO_BALANCER_ID}${rest}`);

const roleArnOf = ({ location, names }: Place, key: RoleKey): string =>
  roleArn(location, names.rolePath, names.role(key));

/** The service to which a role is passed. */
const principalOf = (key: string): string =>
  key === FLOW_LOGS ? FLOW_LOGS_PRINCIPAL : key === 'infrastructure' ? ECS_PRINCIPAL : TASKS_PRINCIPAL;

function roleActions(place: Place): Actions[] {
  const { desired, key } = place;
  const arn = roleArnOf(place, key as RoleKey);
  const boundary = desired.config.permissionsBoundary;
  const service = desired.config.services.find(({ name }) => name === serviceOfRole(key));
  const policies = service ? managedPolicyArns(service, desired.config.region) : [];
  const context: Record<string, string> =
    boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary };
  const hasInlinePolicy = key !== 'task';
  return [
    [arn, `iam:CreateRole iam:TagRole${hasInlinePolicy ? ' iam:PutRolePolicy' : ''}`, context],
    ...policies.map((policy): Actions => [
      arn,
      'iam:AttachRolePolicy',
      { ...context, 'iam:PolicyARN': policy },
    ]),
    [arn, 'iam:PassRole', { 'iam:PassedToService': principalOf(key) }],
  ];
}

function bucketActions({ desired, location, names }: Place): Actions[] {
  const rest = 'PutBucketPublicAccessBlock PutBucketOwnershipControls PutBucketPolicy';
  const actions = `s3:CreateBucket TagResource ${rest} PutEncryptionConfiguration PutLifecycleConfiguration`;
  return [[bucketArn(desired.config, names.logBucket(location)), actions]];
}

function balancerActions(place: Place): Actions[] {
  const { waf } = place.desired.config;
  const arn = balancing(place, 'loadbalancer');
  const actions = 'CreateLoadBalancer AddTags ModifyLoadBalancerAttributes';
  return [
    [arn, `elasticloadbalancing:${actions}${waf === undefined ? '' : ' SetWebACL'}`],
    ...(waf === undefined ? [] : [[waf, 'wafv2:AssociateWebACL'] as const]),
  ];
}

/** Returns the actions that creating a resource of each noun takes. An action without a service has that of the one before it. */
const ACTIONS: Readonly<Record<Noun, (place: Place) => Actions[]>> = {
  serviceLinkedRole: (place) => [
    [
      global(
        place,
        `iam::${place.location.account}:role/aws-service-role/${ECS_PRINCIPAL}/AWSServiceRoleForECS`,
      ),
      'iam:CreateServiceLinkedRole',
      { 'iam:AWSServiceName': ECS_PRINCIPAL },
    ],
  ],
  roles: roleActions,
  logGroup: ({ key, location, names }) => [
    [
      logGroupArn(location, key === ONLY ? names.logGroup : names.flowLogGroup),
      'logs:CreateLogGroup TagResource PutRetentionPolicy',
    ],
  ],
  logBucket: bucketActions,
  repositories: ({ key, location, names }) => [
    [repositoryArn(location, names.repository(key)), 'ecr:CreateRepository TagResource PutLifecyclePolicy'],
  ],
  images: ({ key, location, names }) => [
    [
      repositoryArn(location, names.repository(key)),
      'ecr:BatchCheckLayerAvailability InitiateLayerUpload UploadLayerPart CompleteLayerUpload PutImage',
    ],
  ],
  ...networkActions,
  hostedZone: (place) => [
    ['*', 'route53:CreateHostedZone'],
    [zoneArn(place), 'route53:ChangeTagsForResource'],
  ],
  certificate: (place) => [
    [
      regional(place, 'acm', 'certificate/01234567-89ab-cdef-0123-456789abcdef'),
      'acm:RequestCertificate AddTagsToCertificate',
    ],
  ],
  validationRecords: (place) => [[zoneArn(place), 'route53:ChangeResourceRecordSets']],
  loadBalancer: balancerActions,
  targetGroups: ({ location, names }) => [
    [
      balancingArnPattern(location, `targetgroup/${names.stack}-0/${NO_BALANCER_ID}`),
      'elasticloadbalancing:CreateTargetGroup AddTags ModifyTargetGroupAttributes',
    ],
  ],
  listener: (place) => [
    [balancing(place, 'loadbalancer'), 'elasticloadbalancing:CreateListener'],
    [balancing(place, 'listener', `/${NO_BALANCER_ID}`), 'elasticloadbalancing:AddTags'],
  ],
  rules: (place) => [
    [balancing(place, 'listener', `/${NO_BALANCER_ID}`), 'elasticloadbalancing:CreateRule'],
    [
      balancing(place, 'listener-rule', `/${NO_BALANCER_ID}/${NO_BALANCER_ID}`),
      'elasticloadbalancing:AddTags',
    ],
  ],
  cluster: (place) => [
    [regional(place, 'ecs', `cluster/${place.names.cluster}`), 'ecs:CreateCluster TagResource'],
  ],
  taskDefinitions: (place) => [
    [
      regional(place, 'ecs', `task-definition/${place.names.family(place.key)}:1`),
      'ecs:RegisterTaskDefinition TagResource',
    ],
  ],
  services: (place) => [
    [regional(place, 'ecs', `service/${place.names.cluster}/${place.key}`), 'ecs:CreateService TagResource'],
  ],
  record: (place) => [[zoneArn(place), 'route53:ChangeResourceRecordSets']],
};

/** The services whose calls AWS counts as made to the main region of the partition. */
const GLOBAL_SERVICES: readonly string[] = ['iam', 'route53'];
const MAIN_REGIONS: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
};

/** Returns the actions that the creations among some changes take, once per resource and context. */
export function requiredActions(
  desired: Desired,
  changes: readonly Pick<Change, 'noun' | 'key' | 'verb'>[],
): RequiredActions[] {
  const { config, account, names } = desired;
  const location = { region: config.region, account };
  const merged = new Map<
    string,
    { actions: Set<string>; resource: string; context: Readonly<Record<string, string>> }
  >();
  for (const { noun, key, verb } of changes) {
    if (verb !== 'create' && verb !== 'replace') continue;
    for (const [resource, list, context = {}] of ACTIONS[noun]({ desired, key, location, names })) {
      const [service = '', ...rest] = list.split(/[: ]/);
      const actions = rest.filter((word) => word !== service).map((name) => `${service}:${name}`);
      const full = { ...context, 'aws:RequestedRegion': regionOfCalls(service, config.region) };
      const id = JSON.stringify([resource, full]);
      const entry = merged.get(id) ?? { actions: new Set(), resource, context: full };
      for (const action of actions) entry.actions.add(action);
      merged.set(id, entry);
    }
  }
  return [...merged.values()].map(({ actions, ...rest }) => ({ ...rest, actions: [...actions] }));
}

const regionOfCalls = (service: string, region: string): string =>
  (GLOBAL_SERVICES.includes(service) ? MAIN_REGIONS[partitionOf(region).id] : undefined) ?? region;
