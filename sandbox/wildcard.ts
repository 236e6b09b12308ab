/** AWS's wildcards, as used in the paths and hosts of rules, in filters, in tag patterns and in policies. */

const ANY_STRING = Symbol('*');
const ANY_CHARACTER = Symbol('?');
type Token = string | typeof ANY_STRING | typeof ANY_CHARACTER;

/**
 * Whether a pattern matches the whole string: `*` matches any number of characters, `?` exactly one, and a backslash
 * escapes the character after it. This function uses no regular expression, because a client could choose a pattern whose
 * backtracking takes arbitrarily long.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const tokens = tokensOf(pattern);
  let [tokenIndex, textIndex] = [0, 0];
  let [lastStarIndex, resumeIndex] = [-1, 0];
  while (textIndex < text.length) {
    const token = tokens[tokenIndex];
    if (token === ANY_STRING) {
      [lastStarIndex, resumeIndex] = [tokenIndex, textIndex];
      tokenIndex += 1;
    } else if (token === ANY_CHARACTER || token === text[textIndex]) {
      tokenIndex += 1;
      textIndex += 1;
    } else if (lastStarIndex >= 0) {
      resumeIndex += 1;
      [tokenIndex, textIndex] = [lastStarIndex + 1, resumeIndex];
    } else {
      return false;
    }
  }
  return tokens.slice(tokenIndex).every((token) => token === ANY_STRING);
}

/** The maximum number of patterns whose tokens are kept. */
const MAX_CACHED = 1_000;
const cache = new Map<string, readonly Token[]>();

function tokensOf(pattern: string): readonly Token[] {
  const cached = cache.get(pattern);
  if (cached !== undefined) return cached;
  if (cache.size >= MAX_CACHED) cache.clear();
  const tokens = tokenize(pattern);
  cache.set(pattern, tokens);
  return tokens;
}

function tokenize(pattern: string): Token[] {
  return [...pattern.matchAll(/\\([^])|([^])/g)].map(([, escaped, plain = '']) => {
    if (escaped !== undefined) return escaped;
    return plain === '*' ? ANY_STRING : plain === '?' ? ANY_CHARACTER : plain;
  });
}
