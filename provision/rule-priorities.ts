/** The priorities of the rules that exist and of those to create, and their changes. */
import { SetRulePrioritiesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Config } from '../lib/config/config.ts';
import { desiredRules } from '../lib/derive/desired-rules.ts';
import { foreignOwner } from '../lib/derive/ownership.ts';
import { assignPriorities } from '../lib/derive/rule-priorities.ts';
import type { ApplyContext } from '../lib/engine/step.ts';
import type { Survey } from '../lib/look/found.ts';

type Found = Pick<Survey, 'rules' | 'shared'>;

/** Returns the priority of each rule: existing rules keep theirs as far as possible. */
function prioritiesIn(
  config: Config,
  { rules, shared }: Found,
  taken: readonly number[] = [],
): ReadonlyMap<string, number> {
  const desired = desiredRules(config);
  const isDesired = new Set(desired.map(({ key }) => key));
  const found = [...rules].flatMap(([key, { priority }]) =>
    priority === undefined ? [] : [{ key, priority }],
  );
  return assignPriorities(desired, new Map(found.map(({ key, priority }) => [key, priority])), [
    ...found.filter(({ key }) => !isDesired.has(key)).map(({ priority }) => priority),
    ...(shared?.otherRules ?? []).map(({ Priority }) => Number(Priority)),
    ...taken,
  ]);
}

/**
 * Returns the priority of one rule.
 * @param key the key of the rule
 * @param taken priorities that are in use although the survey did not show it
 */
export const priorityOf = (
  config: Config,
  found: Found,
  key: string,
  taken: readonly number[] = [],
): number => prioritiesIn(config, found, taken).get(key) ?? 0;

const moves = new WeakMap<Survey, Promise<unknown>>();

/**
 * Gives all rules their priorities, in one call for the whole run: two rules can exchange priorities only in the same call.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html
 */
export async function movePriorities({
  aws,
  config,
  found,
  names,
}: Pick<ApplyContext<'rules'>, 'aws' | 'config' | 'found' | 'names'>): Promise<void> {
  const started = moves.get(found) ?? move();
  moves.set(found, started);
  await started;

  function move(): Promise<unknown> {
    const RulePriorities = [...prioritiesIn(config, found)].flatMap(([key, Priority]) => {
      const rule = found.rules.get(key);
      const isMoved =
        rule && rule.priority !== Priority && foreignOwner(rule.tags, names.stack) === undefined;
      return isMoved ? [{ RuleArn: rule.ruleArn, Priority }] : [];
    });
    return aws.elbv2(new SetRulePrioritiesCommand({ RulePriorities }));
  }
}
