/** Expands variables in the arguments of a Dockerfile's instructions. Pure. */

/** One quoted part, escaped character or variable. In double quotes, only escapes and variables have a meaning. */
const PART =
  /"((?:\\[^]|[^"\\])*)"|'([^']*)'|\\([^])|\$\{(\w+)(?::?([-+])((?:[^{}]|\$\{\w+\})*))?\}|\$(\w+)/g;
const PART_IN_QUOTES = /(?!)()()|\\(["$\\])|\$\{(\w+)(?::?([-+])((?:[^{}]|\$\{\w+\})*))?\}|\$(\w+)/g;

/**
 * Expands a word: removes quotes and escapes, and replaces variables. A variable that is not set is empty.
 * @see https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
export const expandWord = (word: string, variables: ReadonlyMap<string, string>): string =>
  expandParts(word, variables, PART);

const expandParts = (word: string, variables: ReadonlyMap<string, string>, pattern: RegExp): string =>
  word.replace(
    pattern,
    (
      _,
      quoted?: string,
      literal?: string,
      escaped?: string,
      braced?: string,
      operator?: string,
      alternative?: string,
      plain?: string,
    ) => {
      if (quoted !== undefined) return expandParts(quoted, variables, PART_IN_QUOTES);
      const text = literal ?? escaped;
      if (text !== undefined) return text;
      const value = variables.get(braced ?? plain ?? '') ?? '';
      const useAlternative = operator === '-' ? value === '' : operator === '+' && value !== '';
      if (useAlternative) return expandWord(alternative ?? '', variables);
      return operator === '+' ? '' : value;
    },
  );
