/** Ownership: whether a resource belongs to this stack, and otherwise who owns it, according to its tags. Pure. */
import { STACK_TAG, type Tags } from './tags.ts';

/** The maximum number of tags that are listed for someone else's resource. */
const MAX_TAGS = 5;

/**
 * Describes the owner of a foreign resource that has one of this stack's names; undefined when this stack owns the resource.
 * @param createdAt when the resource was created, where AWS reports it
 */
export function foreignOwner(tags: Tags, stack: string, createdAt?: Date): string | undefined {
  const owner = tags[STACK_TAG];
  if (owner === stack) return undefined;
  const onDate = createdAt ? ` on ${createdAt.toISOString().slice(0, 10)}` : '';
  if (owner !== undefined) return `it belongs to the stack ${owner}${onDate && `, created${onDate}`}`;
  const tagTexts = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  const tagged = tagTexts.length === 0 ? '' : `, tagged ${tagTexts.slice(0, MAX_TAGS).join(', ')}`;
  return `it has our name but not our tags: someone else created it${onDate}${tagged}`;
}
