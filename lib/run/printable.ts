/** Texts of others as a terminal may have them: an escape sequence would colour, move or wipe out what is ours. */

/** The text with its control characters spelled out, `\u001b`; lines stay lines, and a tab is a space. Pure. */
export const printable = (text: string): string =>
  text
    .replace(/\r(?=\n|$)/g, '')
    .replaceAll('\t', ' ')
    .replace(/[^\P{Control}\n]/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
