/** The actions of rules: which target group gets the requests, before, during and after a switch to another group. */
import { ModifyRuleCommand, type Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { containerOfRule, desiredRules, type DesiredRule } from '../../lib/derive/desired-rules.ts';
import { alternateKey, desiredTargetGroups } from '../../lib/derive/target-group-pairs.ts';
import { tagsOf, type TagField } from '../../lib/derive/tags.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import { touches } from '../../lib/model/change.ts';
import { groupWithTargets } from './group-with-targets.ts';
import { liveGroupOf } from './succession.ts';

export type RuleField =
  'paths' | 'other conditions' | 'target group' | 'transforms' | 'action' | 'priority' | TagField;
export type RuleContext = ApplyContext<'rules', RuleField>;

/** The keys of the target groups of a container. */
export const groupKeysOf = ({ config, names }: Pick<Desired, 'config' | 'names'>, key: string): string[] =>
  desiredTargetGroups(config, names)
    .filter(({ container }) => container.key === key)
    .map((group) => group.key);

/**
 * Returns how far a rule has been cut over from one of our target groups to its replacement. The old group answers until the
 * new group is healthy. The old group then stays in the rule, with a weight of 0, until no task is registered with it: ECS only
 * registers tasks with groups that a rule refers to.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#forward-actions
 */
export function cutoverState(context: RuleContext): 'pending' | 'switched' | 'done' {
  const { existing, found } = context;
  const [serving, next] = [existing?.targetGroupArn, groupOfRule(context)];
  if (alternateOfRule(context) !== undefined && liveOf(context) !== undefined) return 'switched';
  if (serving === next) return existing?.forward === next ? 'done' : 'switched';
  const isOurs = [...found.targetGroups.values()].some(({ targetGroupArn }) => targetGroupArn === serving);
  return isOurs ? 'pending' : 'done';
}

/** Returns the actions of a rule before the switch; undefined if the rule keeps its current actions. */
export function initialActions(context: RuleContext): Action[] | undefined {
  const state = cutoverState(context);
  if (alternateOfRule(context) !== undefined && state !== 'pending')
    return touches(context.change, 'target group') ? [finalAction(context)] : undefined;
  if (state === 'switched') return undefined;
  return [
    state === 'pending'
      ? forwardDuringSwitch(context, [servingGroupOf(context), 1], [groupOfRule(context), 0])
      : finalAction(context),
  ];
}

/**
 * Returns the action of a rule after a provision. If ECS shifts requests between two groups, the group that receives them now
 * keeps them: when ECS begins to shift them, only one group may have a weight.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 */
export function finalAction(context: RuleContext, live = liveOf(context)): Action {
  const [primary, alternate] = [groupOfRule(context), alternateOfRule(context)];
  if (alternate === undefined) return forwardTo(primary);
  const isAlternateLive = live === alternate;
  return forwardByWeight([primary, isAlternateLive ? 0 : 100], [alternate, isAlternateLive ? 100 : 0]);
}

/** The one of the two groups that gets requests. */
const liveOf = ({ found, change }: RuleContext): string | undefined =>
  liveGroupOf(found, containerOfRule(change.key));

export const setRuleAction = ({ aws, existing }: RuleContext, action: Action) =>
  aws.elbv2(new ModifyRuleCommand({ RuleArn: existing?.ruleArn, Actions: [action] }));

type Weights = readonly (readonly [targetGroupArn: string, weight: number])[];

const forwardByWeight = (...groups: Weights): Action => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});

/**
 * Returns the action while requests switch from one group to another. AWS refuses a rule with several groups if one of them is
 * sticky, unless the rule is sticky. The rule then remembers the group of a client for AWS's minimum, so that clients follow the
 * switch, and the groups remember the client's task as before.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
 */
export function forwardDuringSwitch(context: RuleContext, ...groups: Weights): Action {
  const { ForwardConfig, ...action } = forwardByWeight(...groups);
  const isNamed = (arn: string | undefined) => groups.some(([named]) => named === arn);
  const { config, names, ids, found } = context;
  const wasSticky = [...found.targetGroups.values()].some(
    ({ targetGroupArn, attributes }) =>
      attributes['stickiness.enabled'] === 'true' && isNamed(targetGroupArn),
  );
  const becomesSticky = desiredTargetGroups(config, names).some(
    ({ key, container }) => container.stickiness && isNamed(ids.targetGroups.get(key)?.targetGroupArn),
  );
  if (!wasSticky && !becomesSticky) return { ...action, ForwardConfig };
  const TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: 1 };
  return { ...action, ForwardConfig: { ...ForwardConfig, TargetGroupStickinessConfig } };
}

const forwardTo = (TargetGroupArn: string): Action => ({ Type: 'forward', TargetGroupArn });

export const servingGroupOf = ({ existing }: RuleContext): string => existing?.targetGroupArn ?? '';

export const groupOfRule = ({ ids, change }: Pick<RuleContext, 'ids' | 'change'>): string =>
  ids.targetGroups.get(containerOfRule(change.key))?.targetGroupArn ?? '';

/** The second group of the container, if ECS shifts requests between the two. */
export const alternateOfRule = (context: RuleContext): string | undefined => {
  const key = containerOfRule(context.change.key);
  return groupKeysOf(context, key).length > 1
    ? context.ids.targetGroups.get(alternateKey(key))?.targetGroupArn
    : undefined;
};

/** The group that a new rule forwards to, if ECS shifts requests between two. */
export const servingGroup = async (context: RuleContext): Promise<string | undefined> =>
  liveOf(context) ?? (await groupWithTargets(context, [groupOfRule(context), alternateOfRule(context)]));

export function desiredRuleOf({ config, change }: Pick<RuleContext, 'config' | 'change'>): DesiredRule {
  const rule = desiredRules(config).find(({ key }) => key === change.key);
  if (!rule) throw new Error(`no rule ${change.key} in the configuration`);
  return rule;
}

/** All rules of a container have the same tags, so that another rule does not change the tags of the first one. */
export const tagsOfRule = ({ config, names, change }: RuleContext) =>
  tagsOf(config, names.stack, 'rules', containerOfRule(change.key));
