/** The rules: one a routed path, to the target group of its container. */
import { CreateRuleCommand, ModifyRuleCommand, type Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import type { Survey } from '../../lib/look/found.ts';
import { foreignOwner, type Desired } from '../../lib/look/context.ts';
import { patternsOf, rulesOf } from '../../lib/derive/rule-priorities.ts';
import { only } from '../../lib/model/resources.ts';
import { retagElb } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { KEY_TAG, tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';

const desiredFields = (desired: Desired, found: Survey): Map<string, DesiredFields> =>
  new Map(
    [...rulesOf(desired.config)].map(([key, { path }]) => [
      key,
      {
        paths: patternsOf(path).sort().join(', '),
        'other conditions': '',
        'target group': found.targetGroups.get(key)?.targetGroupArn ?? knownAfter(`targetGroups.${key}`),
        ...desiredTags(desired, 'rules', key),
      },
    ]),
  );

export const rules: Step<'rules'> = {
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
      foreign: ({ tags }) => foreignOwner(tags, desired.names.stack),
      // Another path has another priority: until the new rule is there, the old path is answered.
      replacedBy: ({ tags }) => ({
        key: tags[KEY_TAG] ?? '',
        reason: 'each path has a rule of its own: the new one is made before the old one goes',
      }),
    }),

  async apply(context) {
    const { aws, change, existing: item } = context;
    const RuleArn = item?.ruleArn ?? (await create(context));
    if (item && touches(change, 'paths', 'other conditions', 'target group')) {
      await aws.elbv2(
        new ModifyRuleCommand({ RuleArn, Conditions: conditions(context), Actions: initialActions(context) }),
      );
    }
    await retagElb(context, RuleArn);
    return { ruleArn: RuleArn };
  },

  async switchTraffic(context) {
    if (cutoverStage(context) !== 'before') return;
    await setAction(context, weighted([servingOf(context), 0], [groupOf(context), 1]));
    context.note(`${ruleOf(context).path} is now answered by ${context.change.key}`);
  },

  async cleanUp(context) {
    if (cutoverStage(context) !== 'done') await setAction(context, forwardTo(groupOf(context)));
  },
};

/**
 * Where requests go, of one target group of ours that takes the place of another. The old one goes on answering until
 * the new one is healthy, and stays with the rule until no task is in it: ECS fills and watches only groups that a rule
 * names, hence weights of 0.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#forward-actions
 */
function cutoverStage({
  found,
  existing: item,
  ...context
}: ApplyContext<'rules'>): 'before' | 'turned' | 'done' {
  const [serving, next] = [item?.targetGroupArn, groupOf(context)];
  if (serving === next) return item?.forward === next ? 'done' : 'turned';
  const isOurs = [...found.targetGroups.values()].some(({ targetGroupArn }) => targetGroupArn === serving);
  return isOurs ? 'before' : 'done';
}

/** The actions at first; undefined leaves them. */
function initialActions(context: ApplyContext<'rules'>): Action[] | undefined {
  const stage = cutoverStage(context);
  if (stage === 'turned') return undefined;
  return [
    stage === 'before'
      ? weighted([servingOf(context), 1], [groupOf(context), 0])
      : forwardTo(groupOf(context)),
  ];
}

const setAction = ({ aws, existing: item }: ApplyContext<'rules'>, action: Action) =>
  aws.elbv2(new ModifyRuleCommand({ RuleArn: item?.ruleArn, Actions: [action] }));

type Weighted = readonly [targetGroupArn: string, weight: number];

const weighted = (...groups: readonly Weighted[]): Action => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});

const forwardTo = (TargetGroupArn: string): Action => ({ Type: 'forward', TargetGroupArn });

const servingOf = ({ existing: item }: ApplyContext<'rules'>): string => item?.targetGroupArn ?? '';

const groupOf = ({ ids: made, change }: Pick<ApplyContext<'rules'>, 'ids' | 'change'>): string =>
  made.targetGroups.get(change.key)?.targetGroupArn ?? '';

const ruleOf = ({ config, change }: ApplyContext<'rules'>) =>
  rulesOf(config).get(change.key) ?? { path: '', priority: 0 };

const conditions = (context: ApplyContext<'rules'>) => [
  { Field: 'path-pattern', PathPatternConfig: { Values: patternsOf(ruleOf(context).path) } },
];

/**
 * Not idempotent: a second create is refused since its priority is in use.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
 */
async function create(context: ApplyContext<'rules'>): Promise<string> {
  const Priority = ruleOf(context).priority;
  try {
    const { Rules } = await context.aws.elbv2(
      new CreateRuleCommand({
        ListenerArn: only(context.ids.listener)?.listenerArn,
        Priority,
        Conditions: conditions(context),
        Actions: [forwardTo(groupOf(context))],
        Tags: toPascalCaseTags(context.tags),
      }),
    );
    return Rules?.[0]?.RuleArn ?? '';
  } catch (error) {
    return (await adoptByName(context, error, 'PriorityInUse', `priority ${Priority} of the listener`))
      .ruleArn;
  }
}
