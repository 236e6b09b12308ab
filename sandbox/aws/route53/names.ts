/** Domain names in Route 53's form and order. */

const MOST_BYTES = 255;
const MOST_LABEL_BYTES = 63;

/** One character of a name, or an octal escape of one. */
const CHARACTER = /\\([0-3][0-7]{2})|[^]/gu;

const escaped = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/**
 * Returns a name in Route 53's form: lower case, a trailing dot, and octal escapes for all but letters, digits, `-` and `_`,
 * so `*.Example.com` becomes `\052.example.com.`.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
export function normalName(name: string): string {
  const text = name.replace(CHARACTER, (found, octal: string | undefined) => {
    const character = octal === undefined ? found : String.fromCharCode(Number.parseInt(octal, 8));
    // An escaped dot belongs to its label.
    const isPlain = character === '.' ? octal === undefined : /[a-z0-9_-]/i.test(character);
    return isPlain ? character.toLowerCase() : escaped(character);
  });
  return text.endsWith('.') ? text : `${text}.`;
}

/** The first label of a wildcard name in Route 53's form. */
export const WILDCARD = '\\052';

/** Returns the labels of a normal name, the leftmost first. */
export const labelsOf = (name: string): string[] => (name === '.' ? [] : name.slice(0, -1).split('.'));

/** Returns what is wrong with a normal name, in Route 53's wording, or undefined. */
export function nameFault(name: string): string | undefined {
  const labels = labelsOf(name);
  const encountered = `encountered with '${name.slice(0, -1)}'`;
  if (labels.length === 0) return `FATAL problem: DomainNameEmpty (Domain name is empty) ${encountered}`;
  if (labels.includes('')) return `FATAL problem: DomainLabelEmpty (Domain label is empty) ${encountered}`;
  if (labels.some((label) => unescapedLength(label) > MOST_LABEL_BYTES)) {
    return `FATAL problem: DomainLabelTooLong (Domain label is too long) ${encountered}`;
  }
  if (unescapedLength(name) > MOST_BYTES) {
    return `FATAL problem: DomainNameTooLong (Domain name is too long) ${encountered}`;
  }
  return undefined;
}

const unescapedLength = (text: string): number => text.replace(/\\\d{3}/g, 'x').length;

/** Whether a name is the name of a zone, or is below it. */
export const isWithin = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);

/**
 * Compares names in the order in which Route 53 lists them: by their labels, the rightmost first.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
 */
export function compareNames(one: string, other: string): number {
  const mine = labelsOf(one).reverse();
  const theirs = labelsOf(other).reverse();
  for (const [index, label] of mine.entries()) {
    const otherLabel = theirs[index];
    if (otherLabel === undefined) return 1;
    if (label !== otherLabel) return label < otherLabel ? -1 : 1;
  }
  return mine.length - theirs.length;
}
