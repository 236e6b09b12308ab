/** The rules: one per path and route. They forward to the target group of a container, redirect, or answer themselves. */
import { CreateRuleCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { retagElb } from '../../lib/aws/retag.ts';
import { HTTP_PORT, HTTPS, HTTPS_PORT, servingListener } from '../../lib/derive/listeners.ts';
import { otherConditionsText, pathsIn } from '../../lib/derive/conditions.ts';
import {
  containerOfRule,
  desiredRules,
  keyBeforeMove,
  type DesiredRule,
} from '../../lib/derive/desired-rules.ts';
import { transformsText } from '../../lib/derive/transforms.ts';
import { desiredTags, KEY_TAG, tagFields, toPascalCaseTags } from '../../lib/derive/tags.ts';
import { isCode } from '../../lib/aws/errors.ts';
import { describeRules } from '../../lib/look/shared-balancer.ts';
import { adoptByName, lookAgainForOurs } from '../../lib/engine/adopt-by-name.ts';
import type { Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { actionText } from '../../lib/look/listener.ts';
import type { FoundRule } from '../../lib/look/rules.ts';
import {
  compare,
  knownAfter,
  touches,
  type DesiredFields,
  type KnownLater,
  type Replacement,
} from '../../lib/model/change.ts';
import {
  cutoverState,
  initialActions,
  finalAction,
  setRuleAction,
  forwardDuringSwitch,
  servingGroupOf,
  groupOfRule,
  alternateOfRule,
  servingGroup,
  desiredRuleOf,
  tagsOfRule,
  groupKeysOf,
  type RuleField,
} from '../services/rule-actions.ts';
import { whyForeignRule } from '../foreign-rules.ts';
import { priorityOf, movePriorities } from '../rule-priorities.ts';

/** How often a create chooses another priority, because other stacks create rules at the same listener. */
const MAX_ATTEMPTS = 20;

const desiredFields = (desired: Desired, found: Survey): Map<string, DesiredFields<RuleField>> =>
  new Map(desiredRules(desired.config).map((rule) => [rule.key, fieldsOfRule(desired, found, rule)]));

function fieldsOfRule(desired: Desired, found: Survey, rule: DesiredRule): DesiredFields<RuleField> {
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
  const keys = groupKeysOf(desired, key);
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

/**
 * Returns the desired rule that replaces a found one. Different rules have different priorities, so the old rule can answer its
 * path until the new rule exists.
 * @param owner the key of the container of the found rule, according to its tags
 */
function replacementOf({ config }: Desired, found: Survey, key: string, owner = ''): Replacement {
  const missing = desiredRules(config).filter((rule) => !found.rules.has(rule.key));
  const moved = missing.find((rule) => rule.key === keyBeforeMove(key));
  if (moved) {
    const [from, to] = servingListener(config) === HTTPS ? [HTTP_PORT, HTTPS_PORT] : [HTTPS_PORT, HTTP_PORT];
    return {
      key: moved.key,
      reason: `it moves from port ${from} to port ${to}: the new rule is created before the old one is deleted`,
    };
  }
  return {
    key: missing.find((rule) => containerOfRule(rule.key) === owner)?.key ?? '',
    reason: 'each path has its own rule: the new one is created before the old one is deleted',
  };
}

export const rules: Step<'rules', RuleField> = {
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
      whyForeign: (rule, key) => whyForeignRule(desired, rule, key),
      replacedBy: ({ tags }, key) => replacementOf(desired, found, key, tags[KEY_TAG]),
    }),

  /**
   * Not idempotent: a second create is refused because its priority is in use.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
   */
  async create(context) {
    const { conditions, transforms, action, explicitPriority } = desiredRuleOf(context);
    const ListenerArn = context.ids.listener.get(servingListener(context.config))?.listenerArn ?? '';
    let taken: number[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const Priority = priorityOf(context.config, context.found, context.change.key, taken);
      try {
        const { Rules } = await context.aws.elbv2(
          new CreateRuleCommand({
            ListenerArn,
            Priority,
            Conditions: [...conditions],
            Actions: [action ?? finalAction(context, await servingGroup(context))],
            ...(transforms.length > 0 && { Transforms: [...transforms] }),
            Tags: toPascalCaseTags(tagsOfRule(context)),
          }),
        );
        return { ruleArn: Rules?.[0]?.RuleArn ?? '' };
      } catch (error) {
        const mayMove = context.config.loadBalancer !== undefined && explicitPriority === undefined;
        if (!mayMove || !isCode(error, 'PriorityInUse') || attempt === MAX_ATTEMPTS)
          return adoptByName(context, error, 'PriorityInUse', `priority ${Priority} of the listener`);
        // Another stack may have taken the priority since the survey, or our earlier create has succeeded.
        const ours = await lookAgainForOurs(context);
        if (ours) return ours;
        taken = ((await describeRules(context, ListenerArn)) ?? []).map((rule) => Number(rule.Priority));
      }
    }
  },

  async update(context, { ruleArn: RuleArn }) {
    const { change, aws } = context;
    const { conditions, transforms, action } = desiredRuleOf(context);
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
    if (desiredRuleOf(context).action || cutoverState(context) !== 'pending') return;
    const isShifted = alternateOfRule(context) !== undefined;
    await setRuleAction(
      context,
      isShifted
        ? finalAction(context)
        : forwardDuringSwitch(context, [servingGroupOf(context), 0], [groupOfRule(context), 1]),
    );
    context.note(`${desiredRuleOf(context).text} is now answered by ${containerOfRule(context.change.key)}`);
  },

  async cleanUp(context) {
    if (desiredRuleOf(context).action || alternateOfRule(context) !== undefined) return;
    if (cutoverState(context) !== 'done') await setRuleAction(context, finalAction(context));
  },
};
