/** AWS's wildcards, as used in paths and hosts of rules, in filters and in tag patterns. */

const ANY = Symbol('*');
const ONE = Symbol('?');
type Token = string | typeof ANY | typeof ONE;

/**
 * Whether a pattern matches the whole string: `*` matches any number of characters, `?` exactly one, and a backslash
 * escapes the character after it. This is a loop, because a client could choose a pattern that makes the backtracking of
 * a regular expression arbitrarily slow.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const tokens = tokenize(pattern);
  let [token, char] = [0, 0];
  let [lastAny, resumeAt] = [-1, 0];
  while (char < text.length) {
    if (tokens[token] === ANY) {
      [lastAny, resumeAt] = [token, char];
      token += 1;
    } else if (tokens[token] === ONE || tokens[token] === text[char]) {
      token += 1;
      char += 1;
    } else if (lastAny >= 0) {
      resumeAt += 1;
      [token, char] = [lastAny + 1, resumeAt];
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest === ANY);
}

function tokenize(pattern: string): Token[] {
  return [...pattern.matchAll(/\\([^])|([^])/g)].map(([, escaped, plain = '']) => {
    if (escaped !== undefined) return escaped;
    return plain === '*' ? ANY : plain === '?' ? ONE : plain;
  });
}
