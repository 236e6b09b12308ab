/** AWS's wildcards, as used in paths and hosts of rules, in filters and in tag patterns. */

const ANY_STRING = Symbol('*');
const ANY_CHARACTER = Symbol('?');
type Token = string | typeof ANY_STRING | typeof ANY_CHARACTER;

/**
 * Whether a pattern matches the whole string: `*` matches any number of characters, `?` exactly one, and a backslash
 * escapes the character after it. This is not a regular expression, because a client could choose a pattern whose
 * backtracking takes arbitrarily long.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const tokens = tokenize(pattern);
  let [token, char] = [0, 0];
  let [lastAny, resumeAt] = [-1, 0];
  while (char < text.length) {
    if (tokens[token] === ANY_STRING) {
      [lastAny, resumeAt] = [token, char];
      token += 1;
    } else if (tokens[token] === ANY_CHARACTER || tokens[token] === text[char]) {
      token += 1;
      char += 1;
    } else if (lastAny >= 0) {
      resumeAt += 1;
      [token, char] = [lastAny + 1, resumeAt];
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest === ANY_STRING);
}

function tokenize(pattern: string): Token[] {
  return [...pattern.matchAll(/\\([^])|([^])/g)].map(([, escaped, plain = '']) => {
    if (escaped !== undefined) return escaped;
    return plain === '*' ? ANY_STRING : plain === '?' ? ANY_CHARACTER : plain;
  });
}
