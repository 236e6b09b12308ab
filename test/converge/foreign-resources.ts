/** For convergence tests: resources that other users create under names that the stack uses. */
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import { CreateClusterCommand, TagResourceCommand } from '@aws-sdk/client-ecs';
import { AddTagsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateRoleCommand, CreateServiceLinkedRoleCommand } from '@aws-sdk/client-iam';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import type { StackInput } from '../../lib/config/schema.ts';
import type { Clients } from './clients.ts';
import type { Account } from './harness.ts';
import { stack } from './stacks.ts';

/** A resource that another user creates under a name that the stack uses. */
export interface ForeignResource {
  readonly address: string;
  readonly create: (aws: Clients) => Promise<unknown>;
  readonly stack?: StackInput;
  /** For each kind, the number of the other user's resources that remain after the adoption and a teardown of the stack. */
  readonly remaining?: Readonly<Record<string, number>>;
}

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const zoneInput = { Name: 'example.com', CallerReference: 'by hand' };
const stackInForeignZone = stack({ domain: { name: 'api.example.com', zone: 'example.com' } });

export const foreignResources: readonly ForeignResource[] = [
  {
    address: 'logGroup',
    create: ({ logs }) =>
      logs.send(new CreateLogGroupCommand({ logGroupName: '/slipway/shop-dev', tags: { team: 'orders' } })),
  },
  {
    address: 'cluster',
    async create({ iam, ecs }) {
      await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
      await ecs.send(new CreateClusterCommand({ clusterName: 'shop-dev' }));
    },
  },
  {
    address: 'roles.task',
    create: ({ iam }) =>
      iam.send(
        new CreateRoleCommand({
          RoleName: 'shop-dev-task',
          Path: '/slipway/shop-dev/',
          AssumeRolePolicyDocument: JSON.stringify(TRUST),
        }),
      ),
  },
  {
    address: 'record',
    stack: stackInForeignZone,
    remaining: { 'route53.zones': 1 },
    async create({ route53 }) {
      const { HostedZone } = await route53.send(new CreateHostedZoneCommand(zoneInput));
      const ResourceRecordSet = {
        Name: 'api.example.com',
        Type: 'CNAME' as const,
        TTL: 60,
        ResourceRecords: [{ Value: 'elsewhere.example.org' }],
      };
      await route53.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: HostedZone?.Id,
          ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet }] },
        }),
      );
    },
  },
  {
    address: 'hostedZone',
    create: ({ route53 }) => route53.send(new CreateHostedZoneCommand(zoneInput)),
  },
  {
    address: 'repositories.web-app',
    stack: stack({ services: { web: { containers: { app: { source: 'app', port: 80, path: '/' } } } } }),
    create: ({ ecr }) => ecr.send(new CreateRepositoryCommand({ repositoryName: 'shop-dev/web-app' })),
  },
];

/** Adds a tag to one of the stack's resources. */
export type AddTag = (
  aws: Clients,
  id: (field: string) => string,
  tag: [key: string, value: string],
) => Promise<unknown>;
const addElbTag =
  (field: string): AddTag =>
  (aws, id, [Key, Value]) =>
    aws.elb.send(new AddTagsCommand({ ResourceArns: [id(field)], Tags: [{ Key, Value }] }));
const addEcsTag =
  (field: string): AddTag =>
  (aws, id, [key, value]) =>
    aws.ecs.send(new TagResourceCommand({ resourceArn: id(field), tags: [{ key, value }] }));

/** Resources of the stack that pass to another stack when their tags change. */
export const retaggableResources: readonly [address: string, addTag: AddTag][] = [
  ['loadBalancer', addElbTag('loadBalancerArn')],
  ['listener', addElbTag('listenerArn')],
  ['rules.web-api1', addElbTag('ruleArn')],
  ['targetGroups.web-api2', addElbTag('targetGroupArn')],
  ['services.web', addEcsTag('serviceArn')],
];

/** Tags one of the stack's resources as belonging to another stack. */
export async function tagForOtherStack(user: Account, address: string, addTag: AddTag): Promise<void> {
  const ids = user.ids();
  await addTag(user.aws, (field) => ids[address]?.[field] ?? '', ['slipway:stack', 'other-prod']);
}
