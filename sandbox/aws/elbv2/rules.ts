/** Rules of listeners: evaluated in order of their unique priorities, with the default rule last. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { checkActions } from './actions.ts';
import { checkConditions } from './conditions.ts';
import { notPermitted, priorityInUse, validation } from './errors.ts';
import { checkQuota } from './limits.ts';
import { page } from './paging.ts';
import { changeRouting } from './routing.ts';
import { newHexDigits, elbArn, pathOf } from './arns.ts';
import type { RuleRow } from './store.ts';
import { checkTransforms } from './transforms.ts';
import { mergeTags } from './tags.ts';
import { rulesOf, rulesOfBalancer } from './usage.ts';

function requiredPriority(priority: number | undefined): string {
  if (priority === undefined) throw validation('A rule priority must be specified');
  return String(priority);
}

/** @throws OperationNotPermitted for a default rule, which can be changed and deleted only through its listener */
function ordinaryRuleOf(
  region: Region,
  arn: string | undefined,
  change: 'modified' | 'deleted' | 'reprioritized',
): RuleRow {
  const rule = rowOf(region.elbv2.rules, arn);
  if (rule.IsDefault) throw notPermitted(`Default rule '${rule.RuleArn}' cannot be ${change}`);
  return rule;
}

function requestedRules(region: Region, { ListenerArn, RuleArns = [] }: ELBv2.DescribeRulesInput): RuleRow[] {
  if (ListenerArn !== undefined && RuleArns.length > 0) {
    throw validation('Listener rule ARNs and a listener ARN cannot be specified at the same time');
  }
  if (ListenerArn !== undefined)
    return rulesOf(region, rowOf(region.elbv2.listeners, ListenerArn).ListenerArn);
  if (RuleArns.length === 0) {
    throw validation('You must specify either listener rule ARNs or a listener ARN');
  }
  return RuleArns.map((arn) => rowOf(region.elbv2.rules, arn));
}

const balancerOfListener = (region: Region, listenerArn: string) =>
  rowOf(region.elbv2.loadBalancers, rowOf(region.elbv2.listeners, listenerArn).LoadBalancerArn);

const protocolOf = (region: Region, listenerArn: string): string | undefined =>
  rowOf(region.elbv2.listeners, listenerArn).Protocol;

export const ruleOperations = {
  /**
   * A priority that is in use is refused, even if the existing rule is identical. A call with the same conditions and another
   * priority creates a second rule.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
   */
  CreateRule: {
    inputMembers: ['ListenerArn', 'Conditions', 'Priority', 'Actions', 'Transforms', 'Tags'],
    run(input, region) {
      const { ListenerArn } = rowOf(region.elbv2.listeners, input.ListenerArn);
      const balancer = balancerOfListener(region, ListenerArn);
      const Priority = requiredPriority(input.Priority);
      const Conditions = checkConditions(input.Conditions);
      const Actions = checkActions(region, balancer, input.Actions, protocolOf(region, ListenerArn));
      const Transforms = checkTransforms(input.Transforms);
      const tags = mergeTags([], input.Tags);
      if (rulesOf(region, ListenerArn).some((rule) => rule.Priority === Priority)) {
        throw priorityInUse(Priority);
      }
      const ordinaryRules = rulesOfBalancer(region, balancer.LoadBalancerArn).filter(
        (rule) => !rule.IsDefault,
      );
      checkQuota('rules-per-application-load-balancer', ordinaryRules.length + 1);
      const RuleArn = elbArn(region, `listener-rule/${pathOf(ListenerArn)}/${newHexDigits(region)}`);
      const rule: RuleRow = {
        ...{ RuleArn, ListenerArn, Priority, Conditions, Actions, IsDefault: false, tags },
        ...(Transforms.length > 0 && { Transforms }),
      };
      changeRouting(region, () => void region.elbv2.rules.set(RuleArn, rule));
      return { Rules: [rule] };
    },
  },

  DescribeRules: {
    inputMembers: ['ListenerArn', 'RuleArns', 'PageSize', 'Marker'],
    run(input, region) {
      const { rows: Rules, NextMarker } = page(requestedRules(region, input), input.PageSize, input.Marker);
      return { Rules, NextMarker };
    },
  },

  /** Omitted settings remain unchanged. Conditions, actions and transforms are replaced as a whole. */
  ModifyRule: {
    inputMembers: ['RuleArn', 'Conditions', 'Actions', 'Transforms', 'ResetTransforms'],
    run(input, region) {
      const rule = ordinaryRuleOf(region, input.RuleArn, 'modified');
      if (input.Transforms && input.ResetTransforms) {
        throw validation("You cannot provide both 'Transforms' and 'ResetTransforms'");
      }
      if (!input.Conditions && !input.Actions && !input.Transforms && !input.ResetTransforms) {
        throw validation('Either conditions or actions must be specified');
      }
      const transforms = input.ResetTransforms ? [] : input.Transforms && checkTransforms(input.Transforms);
      const conditions = input.Conditions && checkConditions(input.Conditions);
      const actions =
        input.Actions &&
        checkActions(
          region,
          balancerOfListener(region, rule.ListenerArn),
          input.Actions,
          protocolOf(region, rule.ListenerArn),
        );
      changeRouting(region, () => {
        if (conditions) rule.Conditions = conditions;
        if (actions) rule.Actions = actions;
        if (transforms?.length) rule.Transforms = transforms;
        else if (transforms) delete rule.Transforms;
      });
      return { Rules: [rule] };
    },
  },

  DeleteRule: {
    inputMembers: ['RuleArn'],
    run({ RuleArn }, region) {
      const rule = ordinaryRuleOf(region, RuleArn, 'deleted');
      changeRouting(region, () => void region.elbv2.rules.delete(rule.RuleArn));
      return {};
    },
  },

  /**
   * Changes all priorities of a call in one step, so that two rules can swap priorities. The priorities of rules that the
   * call does not name remain in use.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html
   */
  SetRulePriorities: {
    inputMembers: ['RulePriorities'],
    run({ RulePriorities = [] }, region) {
      const moves = RulePriorities.map(({ RuleArn, Priority }) => ({
        rule: ordinaryRuleOf(region, RuleArn, 'reprioritized'),
        priority: requiredPriority(Priority),
      }));
      const [first] = moves;
      if (!first) throw validation('At least one rule priority must be specified');
      if (moves.some(({ rule }) => rule.ListenerArn !== first.rule.ListenerArn)) {
        throw validation('All rules must belong to the same listener');
      }
      const repeated = moves.find(({ priority }, index) =>
        moves.slice(0, index).some((other) => other.priority === priority),
      );
      if (repeated) throw validation(`Priority '${repeated.priority}' was provided multiple times`);
      const moved = new Set(moves.map(({ rule }) => rule));
      const others = rulesOf(region, first.rule.ListenerArn).filter((rule) => !moved.has(rule));
      const conflicting = moves.find(({ priority }) => others.some(({ Priority }) => Priority === priority));
      if (conflicting) throw priorityInUse(conflicting.priority);
      for (const { rule, priority } of moves) rule.Priority = priority;
      return { Rules: moves.map(({ rule }) => rule) };
    },
  },
} satisfies Operations<typeof ELBv2>;
