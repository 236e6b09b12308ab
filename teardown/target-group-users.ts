/** Finds the rules of strangers that forward to our target groups: ELB only deletes a target group that no rule uses. */
import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '../lib/aws/clients.ts';
import { allPages } from '../lib/aws/pages.ts';
import { STACK_TAG } from '../lib/derive/tags.ts';
import { ifFound } from '../lib/look/if-found.ts';
import type { FoundTargetGroup } from '../lib/look/target-groups.ts';
import type { Stranger, StrangerContext } from './strangers.ts';

/** A target group, and the load balancers that use it. */
type UsedGroup = Pick<FoundTargetGroup, 'targetGroupArn' | 'loadBalancerArns'>;

/**
 * Lists the rules and default actions of strangers that forward to our target groups. Makes no call if only
 * load balancers that this run removes use the groups.
 * @param balancersToRemove the ARNs of the load balancers that this run removes, together with their listeners and rules
 */
export async function strangersUsing(
  { aws, names, found }: StrangerContext,
  groups: readonly UsedGroup[],
  balancersToRemove: readonly string[],
): Promise<Stranger[]> {
  const balancers = new Set(groups.flatMap(({ loadBalancerArns }) => loadBalancerArns));
  for (const arn of balancersToRemove) balancers.delete(arn);
  const rules = (await Promise.all([...balancers].map((arn) => rulesOfBalancer(aws, arn)))).flat();
  const ours = new Set(
    [...found.rules.values()]
      .filter(({ tags }) => tags[STACK_TAG] === names.stack)
      .map(({ ruleArn }) => ruleArn),
  );
  return rules
    .filter(({ rule: { RuleArn = '' } }) => !ours.has(RuleArn))
    .flatMap((listenerRule) =>
      groups
        .filter(({ targetGroupArn }) => forwardsTo(listenerRule.rule, targetGroupArn))
        .map(({ targetGroupArn }) => ruleAsStranger(listenerRule, targetGroupArn)),
    );
}

interface ListenerRule {
  readonly listenerArn: string;
  readonly rule: Rule;
}

/** Fetches the rules of all listeners of a load balancer, including the default rules. A deleted load balancer has no rules. */
async function rulesOfBalancer(aws: Pick<Aws, 'elbv2'>, LoadBalancerArn: string): Promise<ListenerRule[]> {
  const listeners = await ifFound(() =>
    allPages(async (Marker) => {
      const page = await aws.elbv2(new DescribeListenersCommand({ LoadBalancerArn, Marker }));
      return { items: page.Listeners ?? [], next: page.NextMarker };
    }),
  );
  const rules = (listeners ?? []).map(async ({ ListenerArn = '' }) => {
    const found = await ifFound(() =>
      allPages(async (Marker) => {
        const page = await aws.elbv2(new DescribeRulesCommand({ ListenerArn, Marker }));
        return { items: page.Rules ?? [], next: page.NextMarker };
      }),
    );
    return (found ?? []).map((rule) => ({ listenerArn: ListenerArn, rule }));
  });
  return (await Promise.all(rules)).flat();
}

const forwardsTo = ({ Actions = [] }: Rule, groupArn: string): boolean =>
  Actions.some(
    ({ TargetGroupArn, ForwardConfig }) =>
      TargetGroupArn === groupArn ||
      ForwardConfig?.TargetGroups?.some((tuple) => tuple.TargetGroupArn === groupArn),
  );

function ruleAsStranger({ listenerArn, rule }: ListenerRule, groupArn: string): Stranger {
  const { RuleArn = '', IsDefault, Priority } = rule;
  // The ARN of a listener contains the name of its load balancer: listener/app/<name>/<id>/<id>.
  const balancer = `load balancer ${listenerArn.split('/').at(2)}`;
  const groupText = `the target group ${groupArn.split('/').at(-2)}`;
  return {
    id: IsDefault ? listenerArn : RuleArn,
    text: IsDefault
      ? `listener ${listenerArn.split('/').at(-1)} of the ${balancer} forwards to ${groupText} by default`
      : `rule ${RuleArn.split('/').at(-1)} (priority ${Priority}) of the ${balancer} forwards to ${groupText}`,
    command: IsDefault
      ? `aws elbv2 delete-listener --listener-arn ${listenerArn}`
      : `aws elbv2 delete-rule --rule-arn ${RuleArn}`,
    isCertainlyForeign: true,
  };
}
