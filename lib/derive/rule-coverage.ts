/** Finds rules that never apply, because a rule that is evaluated earlier matches all of their requests. Pure. */
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { BlockList, isIPv6 } from 'node:net';
import { asList } from './conditions.ts';

/** One condition in a common form: what it compares, its values, and how values cover each other. */
interface Criterion {
  readonly subject: string;
  readonly values: readonly string[];
  readonly covers: (general: string, special: string) => boolean;
}

/**
 * Whether a pattern certainly matches everything that another pattern matches: `*` stands for any number of characters, `?` for
 * exactly one.
 */
export function coversPattern(general: string, special: string): boolean {
  // Whether general[0..i) covers special[0..j), one row for each i.
  let row = Array.from({ length: special.length + 1 }, (_, index) => index === 0);
  for (const char of general) {
    const next: boolean[] = [char === '*' && row[0] === true];
    for (let index = 1; index <= special.length; index += 1) {
      const other = special[index - 1];
      next[index] =
        char === '*'
          ? row[index] === true || next[index - 1] === true
          : row[index - 1] === true && other !== '*' && (char === '?' || char === other);
    }
    row = next;
  }
  return row[special.length] === true;
}

const ignoringCase =
  (covers: (general: string, special: string) => boolean) =>
  (general: string, special: string): boolean =>
    covers(general.toLowerCase(), special.toLowerCase());

/** Whether a CIDR block contains another one. */
export function containsBlock(general: string, special: string): boolean {
  const [[base = '', bits], [address = '', otherBits]] = [general.split('/'), special.split('/')];
  const family = isIPv6(base) ? 'ipv6' : 'ipv4';
  if (isIPv6(address) !== isIPv6(base) || Number(otherBits) < Number(bits)) return false;
  const block = new BlockList();
  block.addSubnet(base, Number(bits), family);
  return block.check(address, family);
}

/** Returns the criteria of conditions; undefined if one of them cannot be compared, such as a regular expression. */
function criteriaOf(conditions: readonly RuleCondition[]): Criterion[] | undefined {
  const criteria = conditions.map((condition): Criterion | undefined => {
    const { Field, Values } = condition;
    switch (Field) {
      case 'path-pattern':
        return {
          subject: Field,
          values: asList(condition.PathPatternConfig?.Values ?? Values),
          covers: coversPattern,
        };
      case 'host-header':
        return {
          subject: Field,
          values: asList(condition.HostHeaderConfig?.Values ?? Values),
          covers: ignoringCase(coversPattern),
        };
      case 'http-request-method':
        return {
          subject: Field,
          values: asList(condition.HttpRequestMethodConfig?.Values),
          covers: (one, other) => one === other,
        };
      case 'http-header':
        return {
          subject: `${Field} ${condition.HttpHeaderConfig?.HttpHeaderName?.toLowerCase()}`,
          values: asList(condition.HttpHeaderConfig?.Values),
          covers: ignoringCase(coversPattern),
        };
      case 'query-string': {
        const pairs = condition.QueryStringConfig?.Values ?? [];
        const [key] = pairs.map(({ Key }) => Key?.toLowerCase());
        return {
          subject: `${Field} ${key}`,
          values: pairs.every(({ Key }) => Key?.toLowerCase() === key)
            ? pairs.map(({ Value = '' }) => Value)
            : [],
          covers: ignoringCase(coversPattern),
        };
      }
      case 'source-ip':
        return { subject: Field, values: asList(condition.SourceIpConfig?.Values), covers: containsBlock };
      default:
        return undefined;
    }
  });
  const known = criteria.filter((criterion) => criterion !== undefined);
  return known.length === conditions.length && known.every(({ values }) => values.length > 0)
    ? known
    : undefined;
}

/**
 * Compares an earlier rule with a later one.
 * @returns the values of the later rule that never apply because of the earlier one: `all`, or the values of one condition
 */
export function shadowedBy(
  earlier: readonly RuleCondition[],
  later: readonly RuleCondition[],
): 'all' | readonly string[] {
  const [general, special] = [criteriaOf(earlier), criteriaOf(later)];
  if (!general || !special) return [];
  const uncovered: { readonly criterion: Criterion; readonly covered: readonly string[] }[] = [];
  for (const { subject, values, covers } of general) {
    const candidates = special.filter((criterion) => criterion.subject === subject);
    const best = candidates
      .map((criterion) => ({
        criterion,
        covered: criterion.values.filter((value) => values.some((pattern) => covers(pattern, value))),
      }))
      .sort((one, other) => other.covered.length - one.covered.length)[0];
    if (!best || best.covered.length === 0) return [];
    if (best.covered.length < best.criterion.values.length) uncovered.push(best);
  }
  if (uncovered.length === 0) return 'all';
  return uncovered.length === 1 ? (uncovered[0]?.covered ?? []) : [];
}
