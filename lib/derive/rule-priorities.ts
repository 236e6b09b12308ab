/** Computes the priorities of listener rules: the more specific rule first, and a rule keeps its priority if others change. Pure. */
import type { Config } from '../config/config.ts';
import { MAX_PATH_LENGTH } from '../config/field-rules.ts';
import { isPattern } from '../config/route-field-rules.ts';
import { desiredRules, ruleIdentity, literalLength, type DesiredRule } from './desired-rules.ts';
import { shortHash } from './names.ts';

/** AWS accepts priorities from 1 to 50000. */
const MAX_PRIORITY = 50_000;
/** Rules for given hosts come before rules for patterns of hosts, and these before rules for every host. */
const HOST_CLASSES = 3;
/** The number of priorities for each length of a path in each class of hosts. */
const BAND_SIZE = Math.floor(MAX_PRIORITY / (HOST_CLASSES * MAX_PATH_LENGTH));
/** In a band, the first priorities are for rules with two or more other conditions, the next for those with one. */
const PART_SIZE = Math.floor(BAND_SIZE / 4);

/** A range of priorities, from the first to the last. */
export interface Band {
  readonly first: number;
  readonly last: number;
}

/** Returns the priorities that a rule may have according to its specificity. */
export function bandOf({
  path,
  hosts,
  otherCount,
}: Pick<DesiredRule, 'path' | 'hosts' | 'otherCount'>): Band {
  const hostClass = hosts.length === 0 ? 2 : hosts.some(isPattern) ? 1 : 0;
  const length = Math.min(Math.max(literalLength(path), 1), MAX_PATH_LENGTH);
  const start = 1 + (hostClass * MAX_PATH_LENGTH + (MAX_PATH_LENGTH - length)) * BAND_SIZE;
  const part = otherCount >= 2 ? 0 : otherCount === 1 ? 1 : 2;
  const last = start + (part === 2 ? BAND_SIZE : (part + 1) * PART_SIZE) - 1;
  return { first: start + part * PART_SIZE, last };
}

/** The priority of an existing rule, under the key of the desired rule that it is. */
export type ExistingPriorities = ReadonlyMap<string, number>;

/**
 * Returns a priority for each rule. A rule that exists keeps its priority if it is right for its specificity. Otherwise the
 * priority follows from the conditions of the rule; if it is in use, the rule gets the next free one.
 * @param existing the priorities of existing rules
 * @param others the priorities of all other rules of the listener
 */
export function assignPriorities(
  rules: readonly DesiredRule[],
  existing: ExistingPriorities = new Map(),
  others: Iterable<number> = [],
): ReadonlyMap<string, number> {
  const priorities = new Map<string, number>();
  const taken = new Set(others);
  const assign = (key: string, priority: number) => {
    priorities.set(key, priority);
    taken.add(priority);
  };
  for (const { key, explicitPriority } of rules)
    if (explicitPriority !== undefined) assign(key, explicitPriority);
  for (const rule of rules) {
    const priority = existing.get(rule.key);
    const { first, last } = bandOf(rule);
    const isRight = priority !== undefined && priority >= first && priority <= last && !taken.has(priority);
    if (isRight && rule.explicitPriority === undefined) assign(rule.key, priority);
  }
  const rest = rules
    .filter(({ key }) => !priorities.has(key))
    .map((rule) => ({ rule, identity: ruleIdentity(rule.conditions) }))
    .sort((one, other) => (one.identity < other.identity ? -1 : 1));
  for (const { rule, identity } of rest) {
    const { first, last } = bandOf(rule);
    const size = last - first + 1;
    const start = Number.parseInt(shortHash(6, identity), 16) % size;
    const free = Array.from({ length: size }, (_, index) => first + ((start + index) % size)).find(
      (priority) => !taken.has(priority),
    );
    assign(rule.key, free ?? nextFree(last, taken));
  }
  return priorities;
}

/** A band is full if dozens of rules are equally specific. The next priorities are for less specific rules. */
function nextFree(last: number, taken: ReadonlySet<number>): number {
  let priority = last;
  while (taken.has(priority)) priority = (priority % MAX_PRIORITY) + 1;
  return priority;
}

/** Returns the rules of a stack with the priorities that they get if no rule exists, under their keys. */
export function configuredRules(
  config: Config,
): ReadonlyMap<string, DesiredRule & { readonly priority: number }> {
  const rules = desiredRules(config);
  const priorities = assignPriorities(rules);
  return new Map(rules.map((rule) => [rule.key, { ...rule, priority: priorities.get(rule.key) ?? 0 }]));
}
