/** The rules: one per path and route. They forward to the target group of a container, redirect, or answer themselves. */
import { CreateRuleCommand, ModifyRuleCommand, type Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { retagElb } from '../../lib/aws/retag.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { servingListener } from '../../lib/derive/listeners.ts';
import { otherConditionsText, pathsIn } from '../../lib/derive/conditions.ts';
import { containerOfRule, desiredRules, type DesiredRule } from '../../lib/derive/desired-rules.ts';
import { transformsText } from '../../lib/derive/transforms.ts';
import { alternateKey, desiredTargetGroups } from '../../lib/derive/target-group-pairs.ts';
import {
  desiredTags,
  KEY_TAG,
  tagFields,
  tagsOf,
  toPascalCaseTags,
  type TagField,
} from '../../lib/derive/tags.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { actionText } from '../../lib/look/listener.ts';
import type { FoundRule } from '../../lib/look/rules.ts';
import { compare, knownAfter, touches, type DesiredFields, type KnownLater } from '../../lib/model/change.ts';
import { groupWithTargets } from '../services/group-with-targets.ts';
import { liveGroupOf } from '../services/succession.ts';
import { priorityOf, movePriorities } from '../rule-priorities.ts';

type Field = 'paths' | 'other conditions' | 'target group' | 'transforms' | 'action' | 'priority' | TagField;
type Context = ApplyContext<'rules', Field>;

const desiredFields = (desired: Desired, found: Survey): Map<string, DesiredFields<Field>> =>
  new Map(desiredRules(desired.config).map((rule) => [rule.key, fieldsOfRule(desired, found, rule)]));

function fieldsOfRule(desired: Desired, found: Survey, rule: DesiredRule): DesiredFields<Field> {
  const { key, conditions, transforms, container, action } = rule;
  const existing = found.rules.get(key);
  return {
    paths: pathsIn(conditions).join(', '),
    'other conditions': otherConditionsText(conditions),
    ...(container && { 'target group': targetField(desired, found, container.key) }),
    ...(action && { action: actionText([action]) }),
    ...((transforms.length > 0 || existing) && { transforms: transformsText(transforms) }),
    ...(existing && { priority: priorityOf(desired.config, found, key) }),
    ...desiredTags(desired, 'rules', containerOfRule(key)),
  };
}

/**
 * Returns the target groups of a rule, once they exist. If ECS shifts requests between two groups, their weights belong to ECS.
 */
function targetField(desired: Desired, { targetGroups }: Survey, key: string): string | KnownLater {
  const keys = keysOfGroups(desired, key);
  const arns = keys.flatMap((groupKey) => targetGroups.get(groupKey)?.targetGroupArn ?? []);
  return arns.length === keys.length
    ? groupsText(arns)
    : knownAfter(`targetGroups.${keys.find((groupKey) => !targetGroups.has(groupKey))}`);
}

/** Formats the target groups of a rule without weights. */
const groupsText = (arns: readonly string[]): string => [...arns].sort().join(' or ');

/**
 * Returns the target groups of a found rule: without weights if the rule has the two groups between which ECS shifts requests.
 */
function foundTargetField(
  desired: Desired,
  found: Survey,
  { groups, forward }: FoundRule,
  ruleKey: string,
): string {
  const key = containerOfRule(ruleKey);
  const arns = groupsText(groups.map(({ targetGroupArn }) => targetGroupArn));
  return groups.length === 2 && arns === targetField(desired, found, key) ? arns : forward;
}

/** The keys of the target groups of a container. */
const keysOfGroups = ({ config, names }: Pick<Desired, 'config' | 'names'>, key: string): string[] =>
  desiredTargetGroups(config, names)
    .filter(({ container }) => container.key === key)
    .map((group) => group.key);

export const rules: Step<'rules', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'rules',
      desired: desiredFields(desired, found),
      found: found.rules,
      fieldsOf: (rule, key) => ({
        paths: rule.paths.join(', '),
        'other conditions': rule.otherConditions,
        'target group': foundTargetField(desired, found, rule, key),
        transforms: rule.transforms,
        action: rule.action,
        priority: rule.priority,
        ...tagFields(rule.tags),
      }),
      whyForeign: ({ tags }) => foreignOwner(tags, desired.names.stack),
      // Different rules have different priorities, so the old rule can answer its path until the new rule exists.
      replacedBy: ({ tags }) => ({
        key:
          desiredRules(desired.config).find(
            ({ key }) => containerOfRule(key) === tags[KEY_TAG] && !found.rules.has(key),
          )?.key ?? '',
        reason: 'each path has its own rule: the new one is created before the old one is deleted',
      }),
    }),

  /**
   * Not idempotent: a second create is refused because its priority is in use.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
   */
  async create(context) {
    const { conditions, transforms, action } = ruleOf(context);
    const Priority = priorityOf(context.config, context.found, context.change.key);
    try {
      const { Rules } = await context.aws.elbv2(
        new CreateRuleCommand({
          ListenerArn: context.ids.listener.get(servingListener(context.config))?.listenerArn,
          Priority,
          Conditions: [...conditions],
          Actions: [action ?? finalAction(context, await servingGroup(context))],
          ...(transforms.length > 0 && { Transforms: [...transforms] }),
          Tags: toPascalCaseTags(tagsOfRule(context)),
        }),
      );
      return { ruleArn: Rules?.[0]?.RuleArn ?? '' };
    } catch (error) {
      return adoptByName(context, error, 'PriorityInUse', `priority ${Priority} of the listener`);
    }
  },

  async update(context, { ruleArn: RuleArn }) {
    const { change, aws } = context;
    const { conditions, transforms, action } = ruleOf(context);
    if (touches(change, 'paths', 'other conditions', 'target group', 'transforms', 'action')) {
      await aws.elbv2(
        new ModifyRuleCommand({
          RuleArn,
          Conditions: [...conditions],
          Actions: action ? [action] : initialActions(context),
          ...(touches(change, 'transforms') &&
            (transforms.length > 0 ? { Transforms: [...transforms] } : { ResetTransforms: true })),
        }),
      );
    }
    if (touches(change, 'priority')) await movePriorities(context);
    await retagElb({ ...context, tags: tagsOfRule(context) }, RuleArn);
  },

  async switchTraffic(context) {
    if (ruleOf(context).action || cutoverState(context) !== 'pending') return;
    const isShifted = alternateOf(context) !== undefined;
    await setAction(
      context,
      isShifted ? finalAction(context) : forwardByWeight([servingGroupOf(context), 0], [groupOf(context), 1]),
    );
    context.note(`${ruleOf(context).text} is now answered by ${containerOfRule(context.change.key)}`);
  },

  async cleanUp(context) {
    if (ruleOf(context).action || alternateOf(context) !== undefined) return;
    if (cutoverState(context) !== 'done') await setAction(context, finalAction(context));
  },
};

/**
 * Returns how far a rule has been cut over from one of our target groups to its replacement. The old group answers until the
 * new group is healthy. The old group then stays in the rule, with a weight of 0, until no task is registered with it: ECS only
 * registers tasks with groups that a rule refers to.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#forward-actions
 */
function cutoverState(context: Context): 'pending' | 'switched' | 'done' {
  const { existing, found } = context;
  const [serving, next] = [existing?.targetGroupArn, groupOf(context)];
  if (alternateOf(context) !== undefined && liveOf(context) !== undefined) return 'switched';
  if (serving === next) return existing?.forward === next ? 'done' : 'switched';
  const isOurs = [...found.targetGroups.values()].some(({ targetGroupArn }) => targetGroupArn === serving);
  return isOurs ? 'pending' : 'done';
}

/** Returns the actions of a rule before the switch; undefined if the rule keeps its current actions. */
function initialActions(context: Context): Action[] | undefined {
  const state = cutoverState(context);
  if (alternateOf(context) !== undefined && state !== 'pending')
    return touches(context.change, 'target group') ? [finalAction(context)] : undefined;
  if (state === 'switched') return undefined;
  return [
    state === 'pending'
      ? forwardByWeight([servingGroupOf(context), 1], [groupOf(context), 0])
      : finalAction(context),
  ];
}

/**
 * Returns the action of a rule after a provision. If ECS shifts requests between two groups, the group that receives them now
 * keeps them: when ECS begins to shift them, only one group may have a weight.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 */
function finalAction(context: Context, live = liveOf(context)): Action {
  const [primary, alternate] = [groupOf(context), alternateOf(context)];
  if (alternate === undefined) return forwardTo(primary);
  const isAlternateLive = live === alternate;
  return forwardByWeight([primary, isAlternateLive ? 0 : 100], [alternate, isAlternateLive ? 100 : 0]);
}

/** The one of the two groups that gets requests. */
const liveOf = ({ found, change }: Context): string | undefined =>
  liveGroupOf(found, containerOfRule(change.key));

const setAction = ({ aws, existing }: Context, action: Action) =>
  aws.elbv2(new ModifyRuleCommand({ RuleArn: existing?.ruleArn, Actions: [action] }));

const forwardByWeight = (
  ...groups: readonly (readonly [targetGroupArn: string, weight: number])[]
): Action => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});

const forwardTo = (TargetGroupArn: string): Action => ({ Type: 'forward', TargetGroupArn });

const servingGroupOf = ({ existing }: Context): string => existing?.targetGroupArn ?? '';

const groupOf = ({ ids, change }: Pick<Context, 'ids' | 'change'>): string =>
  ids.targetGroups.get(containerOfRule(change.key))?.targetGroupArn ?? '';

/** The second group of the container, if ECS shifts requests between the two. */
const alternateOf = (context: Context): string | undefined => {
  const key = containerOfRule(context.change.key);
  return keysOfGroups(context, key).length > 1
    ? context.ids.targetGroups.get(alternateKey(key))?.targetGroupArn
    : undefined;
};

/** The group that a new rule forwards to, if ECS shifts requests between two. */
const servingGroup = async (context: Context): Promise<string | undefined> =>
  liveOf(context) ?? (await groupWithTargets(context, [groupOf(context), alternateOf(context)]));

function ruleOf({ config, change }: Pick<Context, 'config' | 'change'>): DesiredRule {
  const rule = desiredRules(config).find(({ key }) => key === change.key);
  if (!rule) throw new Error(`no rule ${change.key} in the configuration`);
  return rule;
}

/** All rules of a container have the same tags, so that another rule does not change the tags of the first one. */
const tagsOfRule = ({ config, names, change }: Context) =>
  tagsOf(config, names.stack, 'rules', containerOfRule(change.key));
