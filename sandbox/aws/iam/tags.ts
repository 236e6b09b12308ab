/** The tag operations of IAM, where tag keys are unique regardless of case. */
import { CAPITALISED, tagging } from '../tagging.ts';
import { invalidInput, limitExceeded } from './errors.ts';

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
export const iamTagging = tagging({
  notation: CAPITALISED,
  ignoresCase: true,
  check(key) {
    if (/^aws:/i.test(key)) throw invalidInput('Tag keys starting with aws: are reserved for system use.');
  },
  duplicate: () => invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.'),
  tooMany: () => limitExceeded('The number of tags has reached the maximum limit.'),
});
