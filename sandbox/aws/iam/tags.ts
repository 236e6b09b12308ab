/** Tags as IAM takes them: their keys are the same whatever the case. */
import type { Tag } from '@aws-sdk/client-iam';
import { checkLength } from './checks.ts';
import { invalidInput, invalidValue, limitExceeded } from './errors.ts';

const MOST = 50;
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function checkTag({ Key = '', Value = '' }: Tag): { Key: string; Value: string } {
  checkLength(Key, 'tags.member.key', 128, 1);
  checkLength(Value, 'tags.member.value', 256);
  for (const [member, text] of [
    ['key', Key],
    ['value', Value],
  ] as const) {
    if (TEXT.test(text)) continue;
    throw invalidValue(
      text,
      `tags.member.${member}`,
      'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*',
    );
  }
  if (/^aws:/i.test(Key)) throw invalidInput('Tag keys starting with aws: are reserved for system use.');
  return { Key, Value };
}

/** The tags after an upsert. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
export function mergeTags(existing: readonly Tag[], added: readonly Tag[]): Tag[] {
  const fresh = new Map(added.map(checkTag).map((tag) => [tag.Key.toLowerCase(), tag]));
  if (fresh.size < added.length) {
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  const kept = existing.filter(({ Key = '' }) => !fresh.has(Key.toLowerCase()));
  const merged = [...kept, ...fresh.values()];
  if (merged.length > MOST) throw limitExceeded('The number of tags has reached the maximum limit.');
  return merged;
}
