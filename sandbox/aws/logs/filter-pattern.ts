/** Filter patterns of plain terms. A term is required, excluded, or one of several alternatives. */
import { invalidParameter } from './errors.ts';

/** One term: `word` or `"a phrase"`. The prefix `-` excludes the term, and `?` makes it one of several alternatives. */
const TERM = /\s*([-?]?)\s*(?:"((?:[^"\\]|\\.)*)"|(\w+))(?=\s|$)/suy;

const unsupportedPattern = (pattern: string) =>
  invalidParameter(
    `Invalid filter pattern: the sandbox supports only words, "phrases", -excluded and ?alternative terms, not ${pattern}`,
  );

/**
 * Parses a pattern. The returned function tests whether a message matches the pattern. Terms match anywhere in the message
 * and are case-sensitive.
 * @throws InvalidParameterException for JSON, space-delimited and regular-expression patterns
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function readPattern(pattern: string): (message: string) => boolean {
  const terms = { '': [] as string[], '-': [] as string[], '?': [] as string[] };
  const text = pattern.trim();
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const [, sign = '', phrase, word] = TERM.exec(text) ?? [];
    if (phrase === undefined && word === undefined) throw unsupportedPattern(pattern);
    terms[sign as keyof typeof terms].push(word ?? (phrase ?? '').replace(/\\(.)/gs, '$1'));
  }
  // AWS ignores `?` terms next to other terms. No caller intends that, so the sandbox refuses such a pattern.
  if (terms['?'].length > 0 && terms[''].length + terms['-'].length > 0) throw unsupportedPattern(pattern);
  return (message) =>
    terms[''].every((term) => message.includes(term)) &&
    !terms['-'].some((term) => message.includes(term)) &&
    (terms['?'].length === 0 || terms['?'].some((term) => message.includes(term)));
}
