/** The checks of IAM tags. Their keys are compared regardless of case. */
import { CAPITALISED, tagging } from '../tagging.ts';
import { checkLength } from './checks.ts';
import { invalidInput, invalidValue, limitExceeded } from './errors.ts';

const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function check(key: string, value: string): void {
  checkLength(key, 'tags.member.key', 128, 1);
  checkLength(value, 'tags.member.value', 256);
  for (const [member, text] of [
    ['key', key],
    ['value', value],
  ] as const) {
    if (TEXT.test(text)) continue;
    throw invalidValue(
      text,
      `tags.member.${member}`,
      'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*',
    );
  }
  if (/^aws:/i.test(key)) throw invalidInput('Tag keys starting with aws: are reserved for system use.');
}

/** The tagging of IAM. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
export const roleTagging = tagging({
  notation: CAPITALISED,
  ignoresCase: true,
  check,
  duplicate: () => invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.'),
  tooMany: () => limitExceeded('The number of tags has reached the maximum limit.'),
});
