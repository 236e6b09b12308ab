/** The rules: one per routed path, forwarding to the target group of its container. */
import { CreateRuleCommand, ModifyRuleCommand, type Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { retagElb } from '../../lib/aws/retag.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { patternsOf, configuredRules } from '../../lib/derive/rule-priorities.ts';
import { desiredTags, KEY_TAG, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import { only } from '../../lib/model/resources.ts';

type Field = 'paths' | 'other conditions' | 'target group' | TagField;
type Context = ApplyContext<'rules', Field>;

const desiredFields = (desired: Desired, found: Survey): Map<string, DesiredFields<Field>> =>
  new Map(
    [...configuredRules(desired.config)].map(([key, { path }]) => [
      key,
      {
        paths: patternsOf(path).sort().join(', '),
        'other conditions': '',
        'target group': found.targetGroups.get(key)?.targetGroupArn ?? knownAfter(`targetGroups.${key}`),
        ...desiredTags(desired, 'rules', key),
      },
    ]),
  );

export const rules: Step<'rules', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'rules',
      desired: desiredFields(desired, found),
      found: found.rules,
      fieldsOf: ({ paths, otherConditions, forward, tags }) => ({
        paths: paths.join(', '),
        'other conditions': otherConditions,
        'target group': forward,
        ...tagFields(tags),
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
          ListenerArn: only(context.ids.listener)?.listenerArn,
          Priority,
          Conditions: conditionsOf(context),
          Actions: [forwardTo(groupOf(context))],
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
    await setAction(context, forwardByWeight([servingGroupOf(context), 0], [groupOf(context), 1]));
    context.note(`${ruleOf(context).path} is now answered by ${context.change.key}`);
  },

  async cleanUp(context) {
    if (cutoverState(context) !== 'done') await setAction(context, forwardTo(groupOf(context)));
  },
};

/**
 * Returns how far a rule has been cut over from one of our target groups to its replacement. The old group answers until the
 * new group is healthy. The old group then stays in the rule, with a weight of 0, until no task is registered with it: ECS only
 * registers tasks with groups that a rule refers to.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#forward-actions
 */
function cutoverState({ change, existing, found, ids }: Context): 'pending' | 'switched' | 'done' {
  const [serving, next] = [existing?.targetGroupArn, groupOf({ change, ids })];
  if (serving === next) return existing?.forward === next ? 'done' : 'switched';
  const isOurs = [...found.targetGroups.values()].some(({ targetGroupArn }) => targetGroupArn === serving);
  return isOurs ? 'pending' : 'done';
}

/** Returns the actions of a rule before the switch; undefined if the rule keeps its current actions. */
function initialActions(context: Context): Action[] | undefined {
  const state = cutoverState(context);
  if (state === 'switched') return undefined;
  return [
    state === 'pending'
      ? forwardByWeight([servingGroupOf(context), 1], [groupOf(context), 0])
      : forwardTo(groupOf(context)),
  ];
}

const setAction = ({ aws, existing }: Context, action: Action) =>
  aws.elbv2(new ModifyRuleCommand({ RuleArn: existing?.ruleArn, Actions: [action] }));

type WeightedGroup = readonly [targetGroupArn: string, weight: number];

const forwardByWeight = (...groups: readonly WeightedGroup[]): Action => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});

const forwardTo = (TargetGroupArn: string): Action => ({ Type: 'forward', TargetGroupArn });

const servingGroupOf = ({ existing }: Context): string => existing?.targetGroupArn ?? '';

const groupOf = ({ ids, change }: Pick<Context, 'ids' | 'change'>): string =>
  ids.targetGroups.get(change.key)?.targetGroupArn ?? '';

const ruleOf = ({ config, change }: Context) =>
  configuredRules(config).get(change.key) ?? { path: '', priority: 0 };

const conditionsOf = (context: Context) => [
  { Field: 'path-pattern', PathPatternConfig: { Values: patternsOf(ruleOf(context).path) } },
];
