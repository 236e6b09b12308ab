/** Finds the rules of our listeners, except the default ones. */
import {
  DescribeRulesCommand,
  type Rule,
  type TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { allPages } from '../aws/pages.ts';
import { configuredRules } from '../derive/rule-priorities.ts';
import { HTTPS, servingListener } from '../derive/listeners.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { STACK_TAG, type Tags } from '../derive/tags.ts';
import { elbTags } from './elb-tags.ts';
import { ifFound } from './if-found.ts';
import { describeListeners } from './listener.ts';
import { fetchSpeculatively, isRecordedWithoutTags } from './recorded.ts';
import type { LookContext } from './context.ts';

/** A target group of a rule, and its share of the requests: its weight, compared with the sum of all weights of the rule. */
export interface WeightedGroup {
  readonly targetGroupArn: string;
  readonly weight: number;
}

export interface FoundRule extends Readonly<Ids['rules']> {
  /** Its path patterns, sorted. */
  readonly paths: readonly string[];
  /** Conditions other than paths, as JSON; empty when there are none. */
  readonly otherConditions: string;
  /** The target group with the greatest weight among those that the rule forwards to; empty for other actions. */
  readonly targetGroupArn: string;
  /** All target groups that it forwards to, with their weights. */
  readonly groups: readonly WeightedGroup[];
  /** All target groups that it forwards to, in one line. */
  readonly forward: string;
  readonly tags: Tags;
}

const PATH = 'path-pattern';

/**
 * The key of a rule is the key of the container that is configured at its priority: a listener has at most one rule per priority.
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
  const keysByPriority = new Map(
    [...configuredRules(context.config)].map(([key, { priority }]) => [priority, key]),
  );
  return new Map([
    ...others,
    ...rules.flatMap((rule) => {
      const ruleTags = tags.get(rule.RuleArn ?? '');
      const key = keysByPriority.get(Number(rule.Priority));
      if (!ruleTags) return [];
      // Someone else's rule only matters if it uses a priority that we need.
      const isOurs =
        ruleTags[STACK_TAG] === context.names.stack ||
        isRecordedWithoutTags(context, 'rules', ruleTags, rule.RuleArn);
      if (!isOurs && key === undefined) return [];
      return [[key ?? `priority-${rule.Priority}`, read(rule, ruleTags)] as const];
    }),
  ]);
}

const describeRules = (context: LookContext, ListenerArn: string): Promise<Rule[] | undefined> =>
  ifFound(() =>
    allPages(async (Marker) => {
      const page = await context.aws.elbv2(new DescribeRulesCommand({ ListenerArn, Marker }));
      return { items: page.Rules ?? [], next: page.NextMarker };
    }),
  );

/**
 * Finds our rules of the listener that forwards no requests according to the configuration: they are left from before HTTPS was
 * switched on or off. Without such a listener, there is no call.
 */
async function lookOtherRules(context: LookContext, serving: string): Promise<[string, FoundRule][]> {
  const listeners = [...(await describeListeners(context))].filter(([key]) => key !== serving);
  const found = listeners.map(async ([key, { ListenerArn = '' }]) => {
    const rules = ((await describeRules(context, ListenerArn)) ?? []).filter(({ IsDefault }) => !IsDefault);
    const tags = await elbTags(
      context.aws,
      rules.map(({ RuleArn = '' }) => RuleArn),
    );
    return rules.flatMap((rule): [string, FoundRule][] => {
      const ruleTags = tags.get(rule.RuleArn ?? '');
      if (ruleTags?.[STACK_TAG] !== context.names.stack) return [];
      return [[`${key === HTTPS ? 'https' : 'http'}-priority-${rule.Priority}`, read(rule, ruleTags)]];
    });
  });
  return (await Promise.all(found)).flat();
}

function read({ RuleArn = '', Conditions = [], Actions }: Rule, tags: Tags): FoundRule {
  const forward = Actions?.find(({ Type }) => Type === 'forward');
  const { TargetGroupArn, ForwardConfig } = forward ?? {};
  const groups: TargetGroupTuple[] =
    ForwardConfig?.TargetGroups ?? (TargetGroupArn ? [{ TargetGroupArn }] : []);
  const [heaviest] = [...groups].sort((a, b) => (b.Weight ?? 1) - (a.Weight ?? 1));
  return {
    ruleArn: RuleArn,
    paths: Conditions.filter(({ Field }) => Field === PATH)
      .flatMap(({ PathPatternConfig, Values }) => PathPatternConfig?.Values ?? Values ?? [])
      .sort(),
    otherConditions: Conditions.filter(({ Field }) => Field !== PATH)
      .map((condition) => JSON.stringify(condition))
      .join(' '),
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
