/** AWS's wildcards: in paths and hosts of rules, in filters, in patterns of tags. */

const ANY = Symbol('*');
const ONE = Symbol('?');
type Token = string | typeof ANY | typeof ONE;

/**
 * Whether a pattern matches the whole text: `*` stands for any run of characters, `?` for exactly one, and a backslash
 * takes the meaning from the character after it. Walks instead of building a regular expression, whose backtracking
 * a client could make arbitrarily slow.
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
