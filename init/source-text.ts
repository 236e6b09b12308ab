/** Reads JavaScript and TypeScript as text: removes comments, and splits the arguments of calls. Pure. */

/** A slash after one of these begins a regular expression, not a division. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};+\-*%<>~^\n]|\breturn|\btypeof|\bcase)\s*$/;

/** Returns the position after a string, a template or a regular expression that begins at a position. */
function endOfLiteral(text: string, start: number): number {
  const quote = text[start] ?? '';
  let isInClass = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (letter === '\\') at += 1;
    else if (quote === '/' && letter === '[') isInClass = true;
    else if (quote === '/' && letter === ']') isInClass = false;
    else if (letter === quote && !isInClass) return at + 1;
    else if (letter === '\n' && quote !== '`') return at;
  }
  return text.length;
}

const startsRegex = (text: string, at: number): boolean =>
  text[at] === '/' && BEFORE_REGEX.test(text.slice(Math.max(0, at - 20), at));

/** Replaces the comments of a program by spaces, so that positions and line numbers stay the same. */
export function withoutComments(text: string): string {
  let result = '';
  for (let at = 0; at < text.length;) {
    const rest = text.startsWith('//', at)
      ? /.*/y
      : text.startsWith('/*', at)
        ? /[^]*?(?:\*\/|$)/y
        : undefined;
    if (rest !== undefined) {
      rest.lastIndex = at;
      const [comment = ''] = rest.exec(text) ?? [];
      result += comment.replace(/[^\n]/g, ' ');
      at += Math.max(1, comment.length);
      continue;
    }
    const isLiteral = /['"`]/.test(text[at] ?? '') || startsRegex(text, at);
    const end = isLiteral ? endOfLiteral(text, at) : at + 1;
    result += text.slice(at, end);
    at = end;
  }
  return result;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Splits text at separators that are not inside of brackets or strings, up to the bracket that closes the text around it.
 * @param start the position after the opening bracket
 */
export function splitTopLevel(text: string, separator: RegExp, start = 0): string[] {
  const parts: string[] = [];
  let from = start;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (/['"`]/.test(letter) || startsRegex(text, at)) {
      at = endOfLiteral(text, at) - 1;
      continue;
    }
    if (letter in CLOSING) depth += 1;
    else if (/[)\]}]/.test(letter)) {
      if (depth === 0) return [...parts, text.slice(from, at)].map((part) => part.trim());
      depth -= 1;
    } else if (depth === 0) {
      separator.lastIndex = at;
      const [found] = separator.exec(text) ?? [];
      if (!found) continue;
      parts.push(text.slice(from, at));
      from = at + found.length;
      at = from - 1;
    }
  }
  return [...parts, text.slice(from)].map((part) => part.trim());
}

/** Returns the arguments of a call. @param start the position after its opening bracket */
export const argumentsAt = (text: string, start: number): string[] =>
  splitTopLevel(text, /,/y, start).filter((argument) => argument !== '');

/** Returns the value of a property in an object literal, also of a shorthand property; undefined if it lacks the property. */
export function propertyOf(object: string, name: string): string | undefined {
  if (!object.startsWith('{')) return undefined;
  for (const member of argumentsAt(object, 1)) {
    const [key = '', ...value] = splitTopLevel(member, /:/y);
    if (key.replace(/^['"]|['"]$/g, '') === name) return value.length === 0 ? name : value.join(':');
  }
  return undefined;
}

/** Returns the string of a literal without placeholders; undefined for any other expression. */
export const stringIn = (expression: string): string | undefined =>
  /^(['"`])((?:(?!\1|\\|\$\{)[^\n])*)\1$/.exec(expression.trim())?.[2];
