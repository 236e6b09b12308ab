/** Finds the rules of our listeners, except the default ones. */
import type { Rule, TargetGroupTuple } from '@aws-sdk/client-elastic-load-balancing-v2';
import { otherConditionsText, pathsIn } from '../derive/conditions.ts';
import { desiredRules, keyOnOtherListener, ruleIdentity } from '../derive/desired-rules.ts';
import { configuredRules } from '../derive/rule-priorities.ts';
import { transformsText } from '../derive/transforms.ts';
import { servingListener } from '../derive/listeners.ts';
import type { Config } from '../config/config.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { STACK_TAG, type Tags } from '../derive/tags.ts';
import { elbTags } from './elb-tags.ts';
import { actionText, describeListeners } from './listener.ts';
import { fetchSpeculatively, isRecordedWithoutTags } from './recorded.ts';
import { describeRules } from './shared-balancer.ts';
import type { LookContext } from './context.ts';

/** A target group of a rule, and its share of the requests: its weight, compared with the sum of all weights of the rule. */
export interface WeightedGroup {
  readonly targetGroupArn: string;
  readonly weight: number;
}

export interface FoundRule extends Readonly<Ids['rules']> {
  /** Its path patterns, sorted. */
  readonly paths: readonly string[];
  /** Conditions other than paths, in one line; empty when there are none. */
  readonly otherConditions: string;
  /** Undefined in tests that do not need it. */
  readonly priority?: number;
  /** The transforms, in one line; empty when there are none. */
  readonly transforms?: string;
  /** The action of a rule that forwards nothing, in one line. */
  readonly action?: string;
  /** The target group with the greatest weight among those that the rule forwards to; empty for other actions. */
  readonly targetGroupArn: string;
  /** All target groups that it forwards to, with their weights. */
  readonly groups: readonly WeightedGroup[];
  /** All target groups that it forwards to, in one line. */
  readonly forward: string;
  readonly tags: Tags;
}

/**
 * A rule is identified by its conditions, or else by its priority: someone may have changed either by hand, and a listener has at
 * most one rule per priority.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html
 */
export async function lookRules(context: LookContext): Promise<Items<FoundRule>> {
  const serving = servingListener(context.config);
  const [listed, others] = await Promise.all([
    fetchSpeculatively(
      context,
      'listener',
      async () => (await describeListeners(context)).get(serving)?.ListenerArn,
      (arn) => describeRules(context, arn),
      serving,
    ),
    lookOtherRules(context, serving),
  ]);
  const rules = (listed ?? []).filter(({ IsDefault }) => !IsDefault);
  const tags = await elbTags(
    context.aws,
    rules.map(({ RuleArn = '' }) => RuleArn),
  );
  const isOurs = (rule: Rule): boolean => {
    const ruleTags = tags.get(rule.RuleArn ?? '');
    return (
      ruleTags !== undefined &&
      (ruleTags[STACK_TAG] === context.names.stack ||
        isRecordedWithoutTags(context, 'rules', ruleTags, rule.RuleArn))
    );
  };
  // At the listener of someone else, the rules of others are expected, and their priorities are not ours.
  const keys = keysOfRules(
    context.config,
    rules.filter((rule) => tags.has(rule.RuleArn ?? '') && (!context.config.loadBalancer || isOurs(rule))),
    isOurs,
  );
  return new Map([
    ...others,
    ...rules.flatMap((rule) => {
      const ruleTags = tags.get(rule.RuleArn ?? '');
      const key = keys.get(rule);
      // Someone else's rule only matters if it uses a priority that we need.
      if (!ruleTags || (key === undefined && !isOurs(rule))) return [];
      return [[key ?? `priority-${rule.Priority}`, read(rule, ruleTags)] as const];
    }),
  ]);
}

/**
 * Returns the keys of the desired rules that existing rules are. Our rules are recognised by their conditions first: of two rules
 * with the same conditions, the one with the configured priority counts. Then rules are recognised by their priority.
 */
function keysOfRules(
  config: Config,
  rules: readonly Rule[],
  isOurs: (rule: Rule) => boolean,
): ReadonlyMap<Rule, string> {
  const desired = [...configuredRules(config).values()];
  const keys = new Map<Rule, string>();
  const used = new Set<string>();
  const assign = (key: string, rule: Rule | undefined) => {
    if (!rule || keys.has(rule) || used.has(key)) return;
    keys.set(rule, key);
    used.add(key);
  };
  const atPriority = new Map(rules.map((rule) => [Number(rule.Priority), rule]));
  for (const { key, priority } of desired) {
    const rule = atPriority.get(priority);
    if (rule && !isOurs(rule)) assign(key, rule);
  }
  const ours = rules.filter(isOurs).map((rule) => ({ rule, identity: ruleIdentity(rule.Conditions ?? []) }));
  for (const { key, conditions, priority } of desired) {
    const identity = ruleIdentity(conditions);
    const same = ours.filter((other) => other.identity === identity).map(({ rule }) => rule);
    assign(key, same.find((rule) => Number(rule.Priority) === priority) ?? same[0]);
  }
  for (const { key, priority } of desired) assign(key, atPriority.get(priority));
  return keys;
}

/**
 * Finds our rules of the listener that forwards no requests according to the configuration: they are left from before HTTPS was
 * switched on or off. The key of such a rule consists of its listener and the key of the desired rule with the same conditions;
 * without one, of its listener and its priority. Without such a listener, there is no call.
 */
async function lookOtherRules(context: LookContext, serving: string): Promise<[string, FoundRule][]> {
  const listeners = [...(await describeListeners(context))].filter(([key]) => key !== serving);
  const desiredKeys = new Map(
    desiredRules(context.config).map(({ key, conditions }) => [ruleIdentity(conditions), key]),
  );
  const found = listeners.map(async ([key, { ListenerArn = '' }]) => {
    const rules = ((await describeRules(context, ListenerArn)) ?? []).filter(({ IsDefault }) => !IsDefault);
    const tags = await elbTags(
      context.aws,
      rules.map(({ RuleArn = '' }) => RuleArn),
    );
    const taken = new Set<string>();
    return rules.flatMap((rule): [string, FoundRule][] => {
      const ruleTags = tags.get(rule.RuleArn ?? '');
      if (ruleTags?.[STACK_TAG] !== context.names.stack) return [];
      const desiredKey = desiredKeys.get(ruleIdentity(rule.Conditions ?? []));
      const isFirst = desiredKey !== undefined && !taken.has(desiredKey);
      if (isFirst) taken.add(desiredKey);
      const rest = isFirst ? desiredKey : `priority-${rule.Priority}`;
      return [[keyOnOtherListener(key, rest), read(rule, ruleTags)]];
    });
  });
  return (await Promise.all(found)).flat();
}

function read({ RuleArn = '', Conditions = [], Actions, Priority, Transforms }: Rule, tags: Tags): FoundRule {
  const forward = Actions?.find(({ Type }) => Type === 'forward');
  const { TargetGroupArn, ForwardConfig } = forward ?? {};
  const groups: TargetGroupTuple[] =
    ForwardConfig?.TargetGroups ?? (TargetGroupArn ? [{ TargetGroupArn }] : []);
  const [heaviest] = [...groups].sort((a, b) => (b.Weight ?? 1) - (a.Weight ?? 1));
  return {
    ruleArn: RuleArn,
    paths: pathsIn(Conditions),
    otherConditions: otherConditionsText(Conditions),
    priority: Number(Priority),
    transforms: transformsText(Transforms),
    action: forward ? '' : actionText(Actions),
    targetGroupArn: heaviest?.TargetGroupArn ?? '',
    groups: groups.map(({ TargetGroupArn = '', Weight = 1 }) => ({
      targetGroupArn: TargetGroupArn,
      weight: Weight,
    })),
    forward:
      groups.length > 1
        ? groups.map(({ TargetGroupArn, Weight }) => `${TargetGroupArn} × ${Weight}`).join(', ')
        : (heaviest?.TargetGroupArn ?? ''),
    tags,
  };
}
