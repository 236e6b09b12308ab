/** Domain names in Route 53's form and order. */

const MAX_BYTES = 255;
const MAX_LABEL_BYTES = 63;

/** One character of a name, or the octal escape of a character. */
const CHARACTER = /\\([0-3][0-7]{2})|[^]/gu;

const octalEscape = (bytes: Iterable<number>): string =>
  [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/**
 * Returns a name in Route 53's form: in lower case, with a trailing dot, and with octal escapes for all characters except
 * letters, digits, `-` and `_`. For example, `*.Example.com` becomes `\052.example.com.`.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
export function normalName(name: string): string {
  const text = name.replace(CHARACTER, (found, octal: string | undefined) => {
    // An escape stands for one byte; any other character stands for its bytes in UTF-8.
    const bytes = octal === undefined ? Buffer.from(found) : Buffer.of(Number.parseInt(octal, 8));
    const character = bytes.toString('latin1');
    // An escaped dot is part of a label. Only a plain dot separates labels.
    const isPlain = character === '.' ? octal === undefined : /^[a-z0-9_-]$/i.test(character);
    return isPlain ? character.toLowerCase() : octalEscape(bytes);
  });
  return text.endsWith('.') ? text : `${text}.`;
}

/** The first label of a wildcard name, in Route 53's form. */
export const WILDCARD = '\\052';

/** Returns the labels of a name in Route 53's form, the leftmost first. */
export const labelsOf = (name: string): string[] => (name === '.' ? [] : name.slice(0, -1).split('.'));

/** Returns the fault of a name that is in Route 53's form, or undefined if the name is valid. */
export function nameFault(name: string): string | undefined {
  const labels = labelsOf(name);
  const location = `encountered with '${name.slice(0, -1)}'`;
  if (labels.length === 0) return `FATAL problem: DomainNameEmpty (Domain name is empty) ${location}`;
  if (labels.includes('')) return `FATAL problem: DomainLabelEmpty (Domain label is empty) ${location}`;
  if (labels.some((label) => unescapedLength(label) > MAX_LABEL_BYTES)) {
    return `FATAL problem: DomainLabelTooLong (Domain label is too long) ${location}`;
  }
  if (unescapedLength(name) > MAX_BYTES) {
    return `FATAL problem: DomainNameTooLong (Domain name is too long) ${location}`;
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
  const labels = labelsOf(one).reverse();
  const otherLabels = labelsOf(other).reverse();
  for (const [index, label] of labels.entries()) {
    const otherLabel = otherLabels[index];
    if (otherLabel === undefined) return 1;
    if (label !== otherLabel) return label < otherLabel ? -1 : 1;
  }
  return labels.length - otherLabels.length;
}
