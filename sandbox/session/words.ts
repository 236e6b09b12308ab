/** Splits a command line into words, as the agent of Session Manager does: quotes and backslashes work as in a shell. Pure. */

/**
 * Returns the words of a command line.
 * @throws Error if a quote is not closed
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (quote === "'" && character !== "'") word = `${word ?? ''}${character}`;
    else if (character === quote) quote = undefined;
    else if (character === '\\') {
      index += 1;
      const next = line.charAt(index);
      const isEscape = quote === undefined || ['"', '\\', '$', '`'].includes(next);
      word = `${word ?? ''}${isEscape ? '' : '\\'}${next}`;
    } else if (quote === undefined && (character === "'" || character === '"')) {
      quote = character;
      word ??= '';
    } else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ''}${character}`;
  }
  if (quote !== undefined) throw new Error(`A ${quote} is not closed.`);
  return word === undefined ? words : [...words, word];
}
