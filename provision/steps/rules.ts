/** The rules: one a routed path, to the target group of its container. */
import { CreateRuleCommand, ModifyRuleCommand, type Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { adoptNamed } from '../../lib/engine/adopt-by-name.ts';
import { compare, later, touches, type WantedFields } from '../../lib/model/change.ts';
import type { Survey } from '../../lib/look/found.ts';
import { foreignOwner, type Want } from '../../lib/look/context.ts';
import { patternsOf, rulesOf } from '../../lib/derive/rule-priorities.ts';
import { only } from '../../lib/model/resources.ts';
import { retagElb } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { KEY_TAG, tagFields, upper, wantedTags } from '../../lib/derive/tags.ts';

const wanted = (want: Want, found: Survey): Map<string, WantedFields> =>
  new Map(
    [...rulesOf(want.config)].map(([key, { path }]) => [
      key,
      {
        paths: patternsOf(path).sort().join(', '),
        'other conditions': '',
        'target group': found.targetGroups.get(key)?.targetGroupArn ?? later(`targetGroups.${key}`),
        ...wantedTags(want, 'rules', key),
      },
    ]),
  );

export const rules: Step<'rules'> = {
  diff: (want, found) =>
    compare({
      step: 'rules',
      wanted: wanted(want, found),
      found: found.rules,
      fieldsOf: ({ paths, otherConditions, forward, tags }) => ({
        paths: paths.join(', '),
        'other conditions': otherConditions,
        'target group': forward,
        ...tagFields(tags),
      }),
      foreign: ({ tags }) => foreignOwner(tags, want.names.stack),
      // Another path has another priority: until the new rule is there, the old path is answered.
      heir: ({ tags }) => ({
        key: tags[KEY_TAG] ?? '',
        reason: 'each path has a rule of its own: the new one is made before the old one goes',
      }),
    }),

  async apply(act) {
    const { aws, change, item } = act;
    const RuleArn = item?.ruleArn ?? (await create(act));
    if (item && touches(change, 'paths', 'other conditions', 'target group')) {
      await aws.elbv2(new ModifyRuleCommand({ RuleArn, Conditions: conditions(act), Actions: first(act) }));
    }
    await retagElb(act, RuleArn);
    return { ruleArn: RuleArn };
  },

  async turn(act) {
    if (stageOf(act) !== 'before') return;
    await lead(act, weighted([servingOf(act), 0], [groupOf(act), 1]));
    act.note(`${ruleOf(act).path} is now answered by ${act.change.key}`);
  },

  async tidy(act) {
    if (stageOf(act) !== 'done') await lead(act, forwardTo(groupOf(act)));
  },
};

/**
 * Where requests go, of one target group of ours that takes the place of another. The old one goes on answering until
 * the new one is healthy, and stays with the rule until no task is in it: ECS fills and watches only groups that a rule
 * names, hence weights of 0.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#forward-actions
 */
function stageOf({ found, item, ...act }: Act<'rules'>): 'before' | 'turned' | 'done' {
  const [serving, next] = [item?.targetGroupArn, groupOf(act)];
  if (serving === next) return item?.forward === next ? 'done' : 'turned';
  const isOurs = [...found.targetGroups.values()].some(({ targetGroupArn }) => targetGroupArn === serving);
  return isOurs ? 'before' : 'done';
}

/** The actions at first; undefined leaves them. */
function first(act: Act<'rules'>): Action[] | undefined {
  const stage = stageOf(act);
  if (stage === 'turned') return undefined;
  return [stage === 'before' ? weighted([servingOf(act), 1], [groupOf(act), 0]) : forwardTo(groupOf(act))];
}

const lead = ({ aws, item }: Act<'rules'>, action: Action) =>
  aws.elbv2(new ModifyRuleCommand({ RuleArn: item?.ruleArn, Actions: [action] }));

type Weighted = readonly [targetGroupArn: string, weight: number];

const weighted = (...groups: readonly Weighted[]): Action => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});

const forwardTo = (TargetGroupArn: string): Action => ({ Type: 'forward', TargetGroupArn });

const servingOf = ({ item }: Act<'rules'>): string => item?.targetGroupArn ?? '';

const groupOf = ({ made, change }: Pick<Act<'rules'>, 'made' | 'change'>): string =>
  made.targetGroups.get(change.key)?.targetGroupArn ?? '';

const ruleOf = ({ config, change }: Act<'rules'>) =>
  rulesOf(config).get(change.key) ?? { path: '', priority: 0 };

const conditions = (act: Act<'rules'>) => [
  { Field: 'path-pattern', PathPatternConfig: { Values: patternsOf(ruleOf(act).path) } },
];

/**
 * Not idempotent: a second create is refused since its priority is in use.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
 */
async function create(act: Act<'rules'>): Promise<string> {
  const Priority = ruleOf(act).priority;
  try {
    const { Rules } = await act.aws.elbv2(
      new CreateRuleCommand({
        ListenerArn: only(act.made.listener)?.listenerArn,
        Priority,
        Conditions: conditions(act),
        Actions: [forwardTo(groupOf(act))],
        Tags: upper(act.tags),
      }),
    );
    return Rules?.[0]?.RuleArn ?? '';
  } catch (error) {
    return (await adoptNamed(act, error, 'PriorityInUse', `priority ${Priority} of the listener`)).ruleArn;
  }
}
