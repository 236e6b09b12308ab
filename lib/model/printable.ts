/** Makes foreign text safe to print: some characters could colour, move, erase, reorder or hide Slipway's output. */

/**
 * Control characters, characters that change the direction of text or begin a new line, invisible spaces, and lone surrogates.
 * The joiners U+200C and U+200D are not among them, because words of some languages and emoji need them.
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const UNSAFE = /[^\P{Control}\n]|[\p{Bidi_Control}\u2028\u2029\u200b\ufeff\p{Surrogate}]/gu;

/** Returns the text with unsafe characters escaped as `\u001b`; line breaks stay, tabs become spaces. Pure. */
export const printable = (text: string): string =>
  text
    .replace(/\r(?=\n|$)/g, '')
    .replaceAll('\t', ' ')
    .replace(UNSAFE, (unsafe) => `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, '0')}`);
