/** Checks the load balancer of someone else before a provision, and presents it and its VPC to the steps. Pure. */
import type { Config } from '../lib/config/config.ts';
import { pathText } from '../lib/config/display.ts';
import { pathsIn, otherConditionsText } from '../lib/derive/conditions.ts';
import { desiredRules } from '../lib/derive/desired-rules.ts';
import { servingListener } from '../lib/derive/listeners.ts';
import { shadowedBy } from '../lib/derive/rule-coverage.ts';
import { nounsOfOthers } from '../lib/derive/shared-balancer.ts';
import { itemsOf, type Survey } from '../lib/look/found.ts';
import type { FoundSharedBalancer } from '../lib/look/shared-balancer.ts';
import { addressOf, ONLY } from '../lib/model/resources.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import type { Event } from '../lib/model/report.ts';
import type { Run } from '../lib/run/run.ts';
import type { Desired } from '../lib/look/context.ts';
import { priorityOf } from './rule-priorities.ts';
import { closedPorts, closedPortText, openingCommand } from './shared-balancer-egress.ts';

interface SharedBalancerContext extends Pick<Desired, 'config' | 'account'> {
  readonly run: Pick<Run, 'region' | 'endpoint'>;
}

/**
 * Checks that the load balancer of someone else can be used.
 * @throws LOAD_BALANCER, with all reasons
 */
export function checkSharedBalancer({ config, account, run }: SharedBalancerContext, found: Survey): void {
  const { loadBalancer } = config;
  const { shared } = found;
  if (!loadBalancer || !shared) return;
  const closed = closedPorts(config, found, shared);
  const reasons = [
    ...reasonsOfBalancer(config, account, shared),
    ...reasonsOfSubnets(config, shared),
    ...closed.map((port) => closedPortText(port, shared)),
    ...reasonsOfRules(config, shared),
    ...nounsOfOthers(config).flatMap((noun) =>
      [...itemsOf(found, noun).keys()].map(
        (key) =>
          `The stack has its own ${addressOf(noun, key)}, and its tasks cannot move to another VPC: tear it down first.`,
      ),
    ),
  ];
  if (reasons.length === 0) return;
  throw problem('LOAD_BALANCER', {
    what: 'The load balancer in the configuration cannot serve the stack.',
    why: reasons.join('\n'),
    now: NOTHING_CHANGED,
    fix: [
      ...(closed.length === 0
        ? []
        : [`${openingCommand(run, closed, shared)}, by the owner of the load balancer`]),
      'Correct loadBalancer in slipway.config.ts,',
      'or remove it: the stack then has its own load balancer and its own VPC.',
    ],
  });
}

function reasonsOfBalancer(
  { loadBalancer, region }: Config,
  account: string,
  { balancer, listener }: FoundSharedBalancer,
): string[] {
  const { arn, listenerArn, https = false } = loadBalancer ?? {};
  const given = listenerArn ?? arn ?? '';
  const owner = given.split(':')[4];
  if (owner !== account) return [`${given} is in the account ${owner}, and the stack is in ${account}.`];
  if (listenerArn !== undefined && !listener) return [`${given} does not exist in ${region}.`];
  if (!balancer) return [`${arn ?? given} does not exist in ${region}.`];
  const [protocol, port] = https ? ['HTTPS', 443] : ['HTTP', 80];
  const state = balancer.State?.Code ?? '';
  return [
    ...(['active', 'active_impaired'].includes(state) ? [] : [`${balancer.LoadBalancerName} is ${state}.`]),
    ...(balancer.SecurityGroups?.length ? [] : [`${balancer.LoadBalancerName} has no security group.`]),
    ...(!listener
      ? [`${balancer.LoadBalancerName} has no listener on port ${port}.`]
      : listener.Protocol === protocol && listener.Port === port
        ? []
        : [
            `The listener is for ${listener.Protocol} on port ${listener.Port}, and not for ${protocol} on port ${port}: loadBalancer.https is ${https}.`,
          ]),
  ];
}

function reasonsOfSubnets({ loadBalancer }: Config, { balancer, subnets }: FoundSharedBalancer): string[] {
  return (loadBalancer?.subnets ?? []).flatMap((id) => {
    const { vpcId, cidr } = subnets.get(id) ?? {};
    if (vpcId === undefined) return [`The subnet ${id} does not exist.`];
    if (balancer && vpcId !== balancer.VpcId)
      return [`The subnet ${id} is in ${vpcId}, and the load balancer is in ${balancer.VpcId}.`];
    return cidr === ''
      ? [`The subnet ${id} has only IPv6, and load balancers connect to the tasks over IPv4.`]
      : [];
  });
}

function reasonsOfRules(config: Config, { otherRules, maxRules }: FoundSharedBalancer): string[] {
  const rules = desiredRules(config);
  const taken = new Map(otherRules.map((rule) => [Number(rule.Priority), rule]));
  return [
    ...(maxRules !== undefined && otherRules.length + rules.length > maxRules
      ? [
          `Its listener has ${otherRules.length} rules of others: with ${rules.length} more, it would exceed ${maxRules}, the quota of rules per load balancer.`,
        ]
      : []),
    ...rules.flatMap(({ explicitPriority, configPath }) => {
      const other = taken.get(explicitPriority ?? 0);
      return other
        ? [
            `${pathText(configPath)}: another rule of the listener has the priority ${explicitPriority}, for ${textOf(other)}.`,
          ]
        : [];
    }),
  ];
}

const textOf = ({ Conditions = [] }: FoundSharedBalancer['otherRules'][number]): string =>
  [pathsIn(Conditions).join(', '), otherConditionsText(Conditions)].filter(Boolean).join(' ');

/**
 * Returns a survey in which the load balancer, its listener and its VPC stand for those of the stack. They have no tags of the stack,
 * and are neither recorded, nor changed, nor removed.
 */
export function withSharedBalancer(config: Config, found: Survey): Survey {
  const { balancer, listener, subnets } = found.shared ?? {};
  if (!config.loadBalancer || !balancer || !listener || !subnets) return found;
  const vpcId = balancer.VpcId ?? '';
  const tags = {};
  const item = <T extends object>(fields: T) => ({ ...fields, tags });
  const items = {
    vpc: new Map([
      [ONLY, item({ vpcId, cidr: '', dnsSupport: true, dnsHostnames: true, defaultGroup: undefined })],
    ]),
    subnets: new Map(
      config.loadBalancer.subnets.map((subnetId, index) => [
        `private-${index + 1}`,
        item({ subnetId, vpcId, cidr: '', zone: subnets.get(subnetId)?.zone ?? '', mapPublicIp: false }),
      ]),
    ),
    loadBalancer: new Map([
      [
        ONLY,
        item({
          loadBalancerArn: balancer.LoadBalancerArn ?? '',
          dnsName: balancer.DNSName ?? '',
          hostedZoneId: balancer.CanonicalHostedZoneId ?? '',
          ...{ vpcId, state: 'active', scheme: balancer.Scheme ?? '', subnetIds: [] },
          ...{ securityGroupIds: balancer.SecurityGroups ?? [], attributes: {} },
        }),
      ],
    ]),
    listener: new Map([
      [
        servingListener(config),
        item({
          listenerArn: listener.ListenerArn ?? '',
          ...{ protocol: listener.Protocol ?? '', sslPolicy: '', certificateArn: '' },
          ...{ moreCertificates: [], defaultAction: '' },
        }),
      ],
    ]),
  };
  return { ...found, ...items };
}

/** Returns a warning for each rule of the stack that never applies because of someone else's rule, and for each that hides someone else's. */
export function sharedBalancerEvents(config: Config, found: Survey): Event[] {
  const { shared } = found;
  if (!config.loadBalancer || !shared) return [];
  return desiredRules(config).flatMap((rule) => {
    const priority = priorityOf(config, found, rule.key);
    return shared.otherRules.flatMap((other): Event[] => {
      const isFirst = Number(other.Priority) < priority;
      const conditions = other.Conditions ?? [];
      const hidden = isFirst
        ? shadowedBy(conditions, rule.conditions)
        : shadowedBy(rule.conditions, conditions);
      if (hidden !== 'all') return [];
      const theirs = `the rule of someone else for ${textOf(other)}, with priority ${other.Priority}`;
      const text = isFirst
        ? `${pathText(rule.configPath)}: the rule for ${rule.text} never applies, since ${theirs}, comes first`
        : `${pathText(rule.configPath)}: the rule for ${rule.text} gets all requests of ${theirs}`;
      return [{ type: 'warning', text }];
    });
  });
}
