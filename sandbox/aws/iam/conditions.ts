/** Evaluates the conditions of policy statements. */
import { matchesWildcard } from '../../wildcard.ts';

/** The values of all known condition keys, keyed in lower case. The value of a key that a request lacks is undefined. */
export type RequestContext = Readonly<Record<string, string | undefined>>;

/** A condition that the sandbox cannot evaluate. */
export class UnsupportedCondition extends Error {}

type Comparison = (expected: string, actual: string) => boolean;
const equals: Comparison = (expected, actual) => expected === actual;
const equalsIgnoringCase: Comparison = (expected, actual) => expected.toLowerCase() === actual.toLowerCase();

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: matchesWildcard,
  ArnEquals: matchesWildcard,
  ArnLike: matchesWildcard,
  Bool: equalsIgnoringCase,
};

/**
 * Whether a request meets all conditions of a statement.
 * @throws UnsupportedCondition for an operator, a key or a policy variable that the sandbox does not know
 */
export function meetsConditions(
  conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
  context: RequestContext,
): boolean {
  return Object.entries(conditions)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => meets(operator, key, [values].flat().map(String), context)),
    )
    .every(Boolean);
}

function meets(operator: string, key: string, values: readonly string[], context: RequestContext): boolean {
  const name = key.toLowerCase();
  if (!Object.hasOwn(context, name)) throw new UnsupportedCondition(`the condition key ${key}`);
  if (values.some((value) => value.includes('${'))) throw new UnsupportedCondition('policy variables');
  const actual = context[name];
  if (operator === 'Null') return values.includes(String(actual === undefined));
  const [, base = '', ifExists] = /^(.+?)(IfExists)?$/.exec(operator) ?? [];
  const isNegated = /^(String|Arn)Not/.test(base);
  const comparison = Object.hasOwn(COMPARISONS, base.replace('Not', ''))
    ? COMPARISONS[base.replace('Not', '')]
    : undefined;
  if (!comparison) throw new UnsupportedCondition(`the condition operator ${operator}`);
  // If the request lacks the key, only a negated comparison or one with `IfExists` is met.
  if (actual === undefined) return isNegated || ifExists !== undefined;
  return values.some((value) => comparison(value, actual)) !== isNegated;
}
