/** Makes foreign text safe to print: escape sequences in it could colour, move or erase Slipway's output. */

/** Returns the text with control characters escaped as `\u001b`; line breaks stay, tabs become spaces. Pure. */
export const printable = (text: string): string =>
  text
    .replace(/\r(?=\n|$)/g, '')
    .replaceAll('\t', ' ')
    .replace(/[^\P{Control}\n]/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
