/** Matches the regular expressions of rules. The time is proportional to the length of the string for every expression. */
import { RE2JS } from 're2js';

/** The maximum number of compiled expressions to keep. A load balancer has at most 100 rules with five values each. */
const MAX_CACHED = 1_000;
const cache = new Map<string, RE2JS>();

/**
 * Whether a string contains a match of a regular expression. AWS accepts the expressions that RE2 accepts: without lookahead,
 * lookbehind and references to groups, so that no expression can take exponential time.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
 * @throws Error when the expression is not valid
 */
export function matchesRegex(regex: string, text: string, letterCase: 'any' | 'exact'): boolean {
  return compile(regex, letterCase).test(text);
}

/**
 * Replaces the first match of a regular expression; `$1` in the replacement is the first group.
 * @returns the text itself if the expression does not match
 */
export function replaceRegex(regex: string, text: string, replacement: string): string {
  const matcher = compile(regex, 'exact').matcher(text);
  if (!matcher.find()) return text;
  const filled = replacement.replace(/\$(\d)/g, (_, group: string) =>
    Number(group) <= matcher.groupCount() ? (matcher.group(Number(group)) ?? '') : '',
  );
  return text.slice(0, matcher.start()) + filled + text.slice(matcher.end());
}

/** Whether a regular expression is valid. */
export function isRegex(regex: string): boolean {
  try {
    compile(regex, 'exact');
    return true;
  } catch {
    return false;
  }
}

function compile(regex: string, letterCase: 'any' | 'exact'): RE2JS {
  const key = `${letterCase} ${regex}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const compiled = RE2JS.compile(regex, letterCase === 'any' ? RE2JS.CASE_INSENSITIVE : 0);
  const [oldest] = cache.keys();
  if (oldest !== undefined && cache.size >= MAX_CACHED) cache.delete(oldest);
  cache.set(key, compiled);
  return compiled;
}
