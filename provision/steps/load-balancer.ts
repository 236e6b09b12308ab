/** The load balancer: in the public subnets, or with private addresses in the private ones. It rejects malformed HTTP. */
import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  ModifyLoadBalancerAttributesCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { retagElb } from '../../lib/aws/retag.ts';
import { hasBalancer, type Config } from '../../lib/config/config.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { BALANCER } from '../../lib/derive/security-group-rules.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import {
  fetchLoadBalancer,
  hasDeletionProtection,
  PROTECTION,
  type FoundLoadBalancer,
} from '../../lib/look/load-balancer.ts';
import { compare, knownAfter, touches, type DesiredFields, type Fields } from '../../lib/model/change.ts';
import { only, ONLY } from '../../lib/model/resources.ts';

type AttributeField = `attribute.${string}`;
type Field = 'state' | 'scheme' | 'subnets' | 'security group' | AttributeField | TagField;
type Context = ApplyContext<'loadBalancer', Field>;

const schemeOf = ({ internal }: Config): 'internal' | 'internet-facing' =>
  internal ? 'internal' : 'internet-facing';

/** AWS recommends private subnets for an internal load balancer. */
const subnetKeysOf = ({ network, internal }: Config): string[] =>
  subnetKeys(network, internal ? 'private' : 'public');

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html */
export const attributesFor = ({ idleTimeoutSeconds, protect }: Config): Record<string, string> => ({
  [PROTECTION]: String(protect),
  'idle_timeout.timeout_seconds': String(idleTimeoutSeconds),
  'routing.http.drop_invalid_header_fields.enabled': 'true',
  'routing.http.desync_mitigation_mode': 'defensive',
});

const attributeFields = (attributes: Readonly<Record<string, string>>): Fields<AttributeField> =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`attribute.${key}`, value]));

function desiredFields(desired: Desired, found: Survey): DesiredFields<Field> {
  const { config } = desired;
  const subnetIds = subnetKeysOf(config).map((key) => found.subnets.get(key)?.subnetId);
  return {
    ...(hasFailed(found) ? { state: 'active' } : {}),
    scheme: schemeOf(config),
    subnets: subnetIds.includes(undefined) ? knownAfter('subnets') : subnetIds.sort().join(', '),
    'security group': found.securityGroups.get(BALANCER)?.groupId ?? knownAfter(`securityGroups.${BALANCER}`),
    ...attributeFields(attributesFor(config)),
    ...desiredTags(desired, 'loadBalancer', ONLY),
  };
}

export const loadBalancer: Step<'loadBalancer', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'loadBalancer',
      desired: new Map(hasBalancer(desired.config) ? [[ONLY, desiredFields(desired, found)]] : []),
      found: found.loadBalancer,
      fieldsOf: ({ state, scheme, subnetIds, securityGroupIds, attributes, tags }) => ({
        state,
        scheme,
        subnets: [...subnetIds].sort().join(', '),
        'security group': securityGroupIds.join(', '),
        ...attributeFields(attributes),
        ...tagFields(tags),
      }),
      whyForeign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
      whyUnchangeable: ({ scheme, state }) =>
        scheme !== schemeOf(desired.config) && desired.config.protect && state !== 'failed'
          ? `it is ${scheme}, which cannot change, and protect forbids its replacement: remove protect, and run npm run provision`
          : undefined,
      immutable: {
        scheme:
          'the scheme of a load balancer cannot change: it is deleted, and a new one with another DNS name is created; until then, nothing serves',
        state: `a failed load balancer cannot recover: ${only(found.loadBalancer)?.failure ?? 'AWS gives no reason'}`,
      },
    }),

  /**
   * A create with identical settings returns the existing load balancer, even a foreign or failed one. The survey has already
   * shown that no foreign load balancer exists. A load balancer that must be replaced is deleted first.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
   */
  async create(context) {
    if (context.existing) await deleteReplaced(context, context.existing);
    const request = new CreateLoadBalancerCommand({
      Name: context.names.loadBalancer,
      Type: 'application',
      Scheme: schemeOf(context.config),
      IpAddressType: 'ipv4',
      Subnets: subnetsOf(context),
      SecurityGroups: groupsOf(context),
      Tags: toPascalCaseTags(context.tags),
    });
    try {
      const { LoadBalancers } = await context.aws.elbv2(request);
      const [created] = LoadBalancers ?? [];
      return {
        loadBalancerArn: created?.LoadBalancerArn ?? '',
        dnsName: created?.DNSName ?? '',
        hostedZoneId: created?.CanonicalHostedZoneId ?? '',
      };
    } catch (error) {
      const whatIsTaken = `the name ${context.names.loadBalancer}`;
      return adoptByName(context, error, 'DuplicateLoadBalancerName', whatIsTaken);
    }
  },

  async configure({ aws, change, config }, { loadBalancerArn: LoadBalancerArn }) {
    if (!touches(change, 'attribute.')) return;
    const Attributes = toPascalCaseTags(attributesFor(config));
    await aws.elbv2(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
  },

  async update(context, { loadBalancerArn: LoadBalancerArn }) {
    const { aws, change } = context;
    if (touches(change, 'subnets')) {
      await aws.elbv2(new SetSubnetsCommand({ LoadBalancerArn, Subnets: subnetsOf(context) }));
    }
    if (touches(change, 'security group')) {
      await aws.elbv2(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: groupsOf(context) }));
    }
    await retagElb(context, LoadBalancerArn);
  },
};

/** Whether AWS failed to set up the load balancer. A failed one answers no requests, so replacing it interrupts nothing. */
const hasFailed = (found: Survey): boolean => only(found.loadBalancer)?.state === 'failed';

const subnetsOf = ({ config, ids }: Context): string[] =>
  subnetKeysOf(config).map((key) => ids.subnets.get(key)?.subnetId ?? '');
const groupsOf = ({ ids }: Context): string[] => [ids.securityGroups.get(BALANCER)?.groupId ?? ''];

/**
 * Deletes a load balancer that must be replaced: two load balancers cannot have the same name. Deletion protection is turned off
 * first. It is on if AWS failed to set the load balancer up, or if the configuration no longer asks for it.
 */
async function deleteReplaced(context: Context, existing: FoundLoadBalancer): Promise<void> {
  const { loadBalancerArn: LoadBalancerArn } = existing;
  if (hasDeletionProtection(existing)) {
    const Attributes = [{ Key: PROTECTION, Value: 'false' }];
    await context.aws.elbv2(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
  }
  const command = new DeleteLoadBalancerCommand({ LoadBalancerArn });
  await ignoringNotFound(() => context.aws.elbv2(command));
  await context.until('the old load balancer to be deleted', 'loadBalancerGone', async () =>
    (await fetchLoadBalancer(context)) ? pending('still listed') : ready(undefined),
  );
}
