/** The rules: one per routed path, forwarding to the target group of its container. */
import { CreateRuleCommand, ModifyRuleCommand, type Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { retagElb } from '../../lib/aws/retag.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { servingListener } from '../../lib/derive/listeners.ts';
import { patternsOf, configuredRules } from '../../lib/derive/rule-priorities.ts';
import { alternateKey, desiredTargetGroups } from '../../lib/derive/target-group-pairs.ts';
import { desiredTags, KEY_TAG, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { FoundRule } from '../../lib/look/rules.ts';
import { compare, knownAfter, touches, type DesiredFields, type KnownLater } from '../../lib/model/change.ts';
import { groupWithTargets } from '../services/group-with-targets.ts';
import { liveGroupOf } from '../services/succession.ts';

type Field = 'paths' | 'other conditions' | 'target group' | TagField;
type Context = ApplyContext<'rules', Field>;

const desiredFields = (desired: Desired, found: Survey): Map<string, DesiredFields<Field>> =>
  new Map(
    [...configuredRules(desired.config)].map(([key, { path }]) => [
      key,
      {
        paths: patternsOf(path).sort().join(', '),
        'other conditions': '',
        'target group': targetField(desired, found, key),
        ...desiredTags(desired, 'rules', key),
      },
    ]),
  );

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
  key: string,
): string {
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
        ...tagFields(rule.tags),
      }),
      whyForeign: ({ tags }) => foreignOwner(tags, desired.names.stack),
      // Different paths have different priorities, so the old rule can answer its path until the new rule exists.
      replacedBy: ({ tags }) => ({
        key: tags[KEY_TAG] ?? '',
        reason: 'each path has its own rule: the new one is created before the old one is deleted',
      }),
    }),

  /**
   * Not idempotent: a second create is refused because its priority is in use.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
   */
  async create(context) {
    const Priority = ruleOf(context).priority;
    try {
      const { Rules } = await context.aws.elbv2(
        new CreateRuleCommand({
          ListenerArn: context.ids.listener.get(servingListener(context.config))?.listenerArn,
          Priority,
          Conditions: conditionsOf(context),
          Actions: [
            finalAction(
              context,
              liveOf(context) ?? (await groupWithTargets(context, [groupOf(context), alternateOf(context)])),
            ),
          ],
          Tags: toPascalCaseTags(context.tags),
        }),
      );
      return { ruleArn: Rules?.[0]?.RuleArn ?? '' };
    } catch (error) {
      return adoptByName(context, error, 'PriorityInUse', `priority ${Priority} of the listener`);
    }
  },

  async update(context, { ruleArn: RuleArn }) {
    if (touches(context.change, 'paths', 'other conditions', 'target group')) {
      const Conditions = conditionsOf(context);
      const Actions = initialActions(context);
      await context.aws.elbv2(new ModifyRuleCommand({ RuleArn, Conditions, Actions }));
    }
    await retagElb(context, RuleArn);
  },

  async switchTraffic(context) {
    if (cutoverState(context) !== 'pending') return;
    const isShifted = alternateOf(context) !== undefined;
    await setAction(
      context,
      isShifted ? finalAction(context) : forwardByWeight([servingGroupOf(context), 0], [groupOf(context), 1]),
    );
    context.note(`${ruleOf(context).path} is now answered by ${context.change.key}`);
  },

  async cleanUp(context) {
    if (alternateOf(context) !== undefined) return;
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
const liveOf = ({ found, change }: Context): string | undefined => liveGroupOf(found, change.key);

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
  ids.targetGroups.get(change.key)?.targetGroupArn ?? '';

/** The second group of the container, if ECS shifts requests between the two. */
const alternateOf = (context: Context): string | undefined =>
  keysOfGroups(context, context.change.key).length > 1
    ? context.ids.targetGroups.get(alternateKey(context.change.key))?.targetGroupArn
    : undefined;

const ruleOf = ({ config, change }: Context) =>
  configuredRules(config).get(change.key) ?? { path: '', priority: 0 };

const conditionsOf = (context: Context) => [
  { Field: 'path-pattern', PathPatternConfig: { Values: patternsOf(ruleOf(context).path) } },
];
