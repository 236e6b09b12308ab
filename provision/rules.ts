/** The rules: one a routed path, to the target group of its container. */
import {
  AddTagsCommand,
  CreateRuleCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { adoptNamed } from '../lib/adopt-named.ts';
import { compare, later, touches, type Fields } from '../lib/change.ts';
import type { Survey } from '../lib/look/found.ts';
import { foreignOwner, type Want } from '../lib/look/see.ts';
import { patternsOf, rulesOf } from '../lib/priorities.ts';
import { only } from '../lib/resources.ts';
import type { Act, Step } from '../lib/step.ts';
import { tagFields, tagsOf, upper } from '../lib/tags.ts';

const wanted = (want: Want, found: Survey): Map<string, Fields> =>
  new Map(
    [...rulesOf(want.config)].map(([key, { path }]) => [
      key,
      {
        paths: patternsOf(path).sort().join(', '),
        'other conditions': '',
        'target group': found.targetGroups.get(key)?.targetGroupArn ?? later(`targetGroups.${key}`),
        ...tagFields(tagsOf(want.config, want.names.stack, 'rules', key)),
      },
    ]),
  );

export const rules: Step<'rules'> = {
  diff: (want, found) =>
    compare({
      step: 'rules',
      wanted: wanted(want, found),
      found: found.rules,
      fieldsOf: ({ paths, otherConditions, targetGroupArn, tags }) => ({
        paths: paths.join(', '),
        'other conditions': otherConditions,
        'target group': targetGroupArn,
        ...tagFields(tags),
      }),
      foreign: ({ tags }) => foreignOwner(tags, want.names.stack),
    }),

  async apply(act) {
    const { aws, change, item, tags } = act;
    const RuleArn = item?.ruleArn ?? (await create(act));
    if (item && touches(change, 'paths', 'other conditions', 'target group')) {
      await aws.elbv2(new ModifyRuleCommand({ RuleArn, ...settings(act) }));
    }
    if (item && touches(change, 'tag.')) {
      await aws.elbv2(new AddTagsCommand({ ResourceArns: [RuleArn], Tags: upper(tags) }));
    }
    return { ruleArn: RuleArn };
  },
};

const ruleOf = ({ config, change }: Act<'rules'>) =>
  rulesOf(config).get(change.key) ?? { path: '', priority: 0 };

/** What a create and an update have in common. */
const settings = (act: Act<'rules'>) => ({
  Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: patternsOf(ruleOf(act).path) } }],
  Actions: [
    { Type: 'forward' as const, TargetGroupArn: act.made.targetGroups.get(act.change.key)?.targetGroupArn },
  ],
});

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
        ...settings(act),
        Tags: upper(act.tags),
      }),
    );
    return Rules?.[0]?.RuleArn ?? '';
  } catch (error) {
    return (await adoptNamed(act, error, 'PriorityInUse', `priority ${Priority} of the listener`)).ruleArn;
  }
}
