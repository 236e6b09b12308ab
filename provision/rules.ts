/** The rules: one a routed path, to the target group of its container. */
import {
  AddTagsCommand,
  CreateRuleCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
  type Action,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { isCode } from '../lib/aws-error.ts';
import { compare, later, touches, type Fields } from '../lib/change.ts';
import { routesOf, type Config } from '../lib/config/config.ts';
import type { Survey } from '../lib/look/found.ts';
import { foreignOwner, type Want } from '../lib/look/see.ts';
import { patternsOf, prioritiesOf } from '../lib/priorities.ts';
import { only } from '../lib/resources.ts';
import type { Act, Step } from '../lib/step.ts';
import { KEY_TAG, tagFields, tagsOf, upper } from '../lib/tags.ts';

/** The path and the priority of each container's rule. */
function rulesFor(config: Config): Map<string, { path: string; priority: number }> {
  const routes = routesOf(config).map(({ container }) => container);
  const priorities = prioritiesOf(routes.map(({ path }) => path));
  return new Map(routes.map(({ key, path }) => [key, { path, priority: priorities.get(path) ?? 0 }]));
}

const wanted = (want: Want, found: Survey): Map<string, Fields> =>
  new Map(
    [...rulesFor(want.config)].map(([key, { path, priority }]) => [
      key,
      {
        listener: only(found.listener)?.listenerArn ?? later('listener'),
        priority,
        paths: patternsOf(path).join(', '),
        'other conditions': '',
        'target group': targetGroupOf(want, found, key),
        ...tagFields(tagsOf(want.config, want.names.stack, 'rules', key)),
      },
    ]),
  );

/** The group by the name it should have: one that is about to be replaced is not it. */
function targetGroupOf({ config, names }: Want, found: Survey, key: string) {
  const route = routesOf(config).find(({ container }) => container.key === key);
  const group = found.targetGroups.get(key);
  const isRight =
    group !== undefined && route !== undefined && group.name === names.targetGroup(route.container);
  return isRight ? group.targetGroupArn : later(`targetGroups.${key}`);
}

export const rules: Step<'rules'> = {
  diff: (want, found) =>
    compare({
      step: 'rules',
      wanted: wanted(want, found),
      found: new Map(
        [...found.rules].filter(([, { tags }]) => foreignOwner(tags, want.names.stack) === undefined),
      ),
      fieldsOf: ({ listenerArn, priority, paths, otherConditions, targetGroupArn, tags }) => ({
        listener: listenerArn,
        priority,
        paths: paths.join(', '),
        'other conditions': otherConditions,
        'target group': targetGroupArn,
        ...tagFields(tags),
      }),
    }),

  async apply(act) {
    const { aws, change, item, tags } = act;
    const RuleArn = item?.ruleArn ?? (await create(act));
    if (item && touches(change, 'paths', 'other conditions', 'target group')) {
      await aws.elbv2(
        new ModifyRuleCommand({ RuleArn, Conditions: conditionsOf(act), Actions: actionsOf(act) }),
      );
    }
    if (item && touches(change, 'priority')) {
      const Priority = rulesFor(act.config).get(change.key)?.priority;
      await aws.elbv2(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority }] }));
    }
    if (item && touches(change, 'tag.')) {
      await aws.elbv2(new AddTagsCommand({ ResourceArns: [RuleArn], Tags: upper(tags) }));
    }
    return { ruleArn: RuleArn };
  },
};

const conditionsOf = ({ config, change }: Act<'rules'>): RuleCondition[] => [
  {
    Field: 'path-pattern',
    PathPatternConfig: { Values: patternsOf(rulesFor(config).get(change.key)?.path ?? '') },
  },
];

const actionsOf = ({ made, change }: Act<'rules'>): Action[] => [
  { Type: 'forward', TargetGroupArn: made.targetGroups.get(change.key)?.targetGroupArn },
];

/** A priority that is in use is ours already when a create's answer was lost; otherwise somebody else sits there. */
async function create(act: Act<'rules'>): Promise<string> {
  const { aws, made, tags, config, change } = act;
  try {
    const { Rules } = await aws.elbv2(
      new CreateRuleCommand({
        ListenerArn: only(made.listener)?.listenerArn,
        Priority: rulesFor(config).get(change.key)?.priority,
        Conditions: conditionsOf(act),
        Actions: actionsOf(act),
        Tags: upper(tags),
      }),
    );
    return Rules?.[0]?.RuleArn ?? '';
  } catch (error) {
    const ours = isCode(error, 'PriorityInUse') ? await act.again() : undefined;
    if (ours?.tags[KEY_TAG] !== change.key) throw error;
    return ours.ruleArn;
  }
}
