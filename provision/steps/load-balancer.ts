/** The load balancer: internet-facing, in the public subnets, refusing what is not proper HTTP. */
import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  ModifyLoadBalancerAttributesCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { compare, knownAfter, touches, type Fields, type DesiredFields } from '../../lib/model/change.ts';
import type { Config } from '../../lib/config/config.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import { BALANCER } from '../../lib/derive/security-group-rules.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import type { Survey } from '../../lib/look/found.ts';
import { fetchLoadBalancer, type FoundLoadBalancer } from '../../lib/look/load-balancer.ts';
import { foreignOwner, type Desired } from '../../lib/look/context.ts';
import { only, ONLY, type Ids } from '../../lib/model/resources.ts';
import { retagElb } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';
import { pending, ready } from '../../lib/engine/until.ts';

const SCHEME = 'internet-facing';

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html */
export const attributesFor = ({ idleTimeoutSeconds }: Config): Record<string, string> => ({
  'idle_timeout.timeout_seconds': String(idleTimeoutSeconds),
  'routing.http.drop_invalid_header_fields.enabled': 'true',
  'routing.http.desync_mitigation_mode': 'defensive',
});

const attributeFields = (attributes: Readonly<Record<string, string>>): Fields =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`attribute.${key}`, value]));

function desiredFields(desired: Desired, found: Survey): DesiredFields {
  const { config } = desired;
  const subnetIds = subnetKeys(config.network, 'public').map((key) => found.subnets.get(key)?.subnetId);
  return {
    ...(hasFailed(found) ? { state: 'active' } : {}),
    subnets: subnetIds.includes(undefined) ? knownAfter('subnets') : subnetIds.sort().join(', '),
    'security group': found.securityGroups.get(BALANCER)?.groupId ?? knownAfter(`securityGroups.${BALANCER}`),
    ...attributeFields(attributesFor(config)),
    ...desiredTags(desired, 'loadBalancer', ONLY),
  };
}

export const loadBalancer: Step<'loadBalancer'> = {
  diff: (desired, found) =>
    compare({
      noun: 'loadBalancer',
      desired: new Map([[ONLY, desiredFields(desired, found)]]),
      found: found.loadBalancer,
      fieldsOf: ({ state, subnetIds, securityGroupIds, attributes, tags }) => ({
        state,
        subnets: [...subnetIds].sort().join(', '),
        'security group': securityGroupIds.join(', '),
        ...attributeFields(attributes),
        ...tagFields(tags),
      }),
      foreign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
      cannotUpdate,
      immutable: {
        state: `one that failed cannot come back: ${only(found.loadBalancer)?.failure ?? 'AWS gives no reason'}`,
      },
    }),

  async apply(context) {
    const { change, aws, config } = context;
    const item = change.verb === 'replace' ? undefined : context.existing;
    if (context.existing && !item) await deleteFailed(context, context.existing);
    const ids = item ? idsOf(item) : await create(context);
    await context.record(ids);
    const { loadBalancerArn: LoadBalancerArn } = ids;
    if (touches(change, 'attribute.')) {
      const Attributes = toPascalCaseTags(attributesFor(config));
      await aws.elbv2(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
    }
    if (item) await repair(context, LoadBalancerArn);
    return ids;
  },
};

/** One that failed never answered anybody: it may go, and all that hangs on it goes with it. */
export const hasFailed = (found: Survey): boolean => only(found.loadBalancer)?.state === 'failed';
export const withoutFailedBalancer = (found: Survey): Survey =>
  hasFailed(found) ? { ...found, listener: new Map(), rules: new Map() } : found;

/** Everything hangs on the load balancer: another one in its place is a teardown and a provision. */
function cannotUpdate({ scheme }: FoundLoadBalancer): string | undefined {
  return scheme === SCHEME ? undefined : `it is ${scheme}, which cannot change`;
}

const idsOf = ({ loadBalancerArn, dnsName, hostedZoneId }: Ids['loadBalancer']): Ids['loadBalancer'] => ({
  loadBalancerArn,
  dnsName,
  hostedZoneId,
});

const subnetsOf = ({ config, ids: made }: ApplyContext<'loadBalancer'>): string[] =>
  subnetKeys(config.network, 'public').map((key) => made.subnets.get(key)?.subnetId ?? '');
const groupsOf = ({ ids: made }: ApplyContext<'loadBalancer'>): string[] => [
  made.securityGroups.get(BALANCER)?.groupId ?? '',
];

/** While it is there, a create with equal settings gives the one that failed. */
async function deleteFailed(
  context: ApplyContext<'loadBalancer'>,
  { loadBalancerArn }: FoundLoadBalancer,
): Promise<void> {
  const remove = new DeleteLoadBalancerCommand({ LoadBalancerArn: loadBalancerArn });
  await ignoringNotFound(() => context.aws.elbv2(remove));
  await context.until('the load balancer that failed to be gone', 'loadBalancerGone', async () =>
    (await fetchLoadBalancer(context)) ? pending('still shown') : ready(undefined),
  );
}

/**
 * A repeated create with equal settings gives the same load balancer, whoever made it: the survey has looked before.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
 */
async function create(context: ApplyContext<'loadBalancer'>): Promise<Ids['loadBalancer']> {
  const wish = new CreateLoadBalancerCommand({
    Name: context.names.loadBalancer,
    Type: 'application',
    Scheme: SCHEME,
    IpAddressType: 'ipv4',
    Subnets: subnetsOf(context),
    SecurityGroups: groupsOf(context),
    Tags: toPascalCaseTags(context.tags),
  });
  try {
    const { LoadBalancers } = await context.aws.elbv2(wish);
    const [made] = LoadBalancers ?? [];
    return {
      loadBalancerArn: made?.LoadBalancerArn ?? '',
      dnsName: made?.DNSName ?? '',
      hostedZoneId: made?.CanonicalHostedZoneId ?? '',
    };
  } catch (error) {
    const place = `the name ${context.names.loadBalancer}`;
    return idsOf(await adoptByName(context, error, 'DuplicateLoadBalancerName', place));
  }
}

async function repair(context: ApplyContext<'loadBalancer'>, LoadBalancerArn: string): Promise<void> {
  const { aws, change } = context;
  if (touches(change, 'subnets')) {
    await aws.elbv2(new SetSubnetsCommand({ LoadBalancerArn, Subnets: subnetsOf(context) }));
  }
  if (touches(change, 'security group')) {
    await aws.elbv2(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: groupsOf(context) }));
  }
  await retagElb(context, LoadBalancerArn);
}
