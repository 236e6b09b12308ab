/** Whether a tag of a repository may move to another image. */
import type { ImageTagMutability, ImageTagMutabilityExclusionFilter } from '@aws-sdk/client-ecr';
import { matchesWildcard } from '../../wildcard.ts';
import { invalidParameter } from './errors.ts';

const MODES = ['MUTABLE', 'IMMUTABLE', 'MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION'];
const MAX_FILTERS = 5;

export interface Mutability {
  imageTagMutability: ImageTagMutability;
  imageTagMutabilityExclusionFilters: ImageTagMutabilityExclusionFilter[] | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html */
export function checkMutability(
  mode: string,
  filters: ImageTagMutabilityExclusionFilter[] | undefined,
): Mutability {
  if (!MODES.includes(mode)) {
    throw invalidParameter('imageTagMutability', `Member must satisfy enum value set: [${MODES.join(', ')}]`);
  }
  const member = 'imageTagMutabilityExclusionFilters';
  const needsFilters = mode.endsWith('_WITH_EXCLUSION');
  if (needsFilters !== (filters ?? []).length > 0) {
    const must = needsFilters ? "can't be null" : 'must be null';
    throw invalidParameter(
      member,
      `ImageTagMutabilityExclusionFilters ${must} when imageTagMutability is set as ${mode}`,
    );
  }
  for (const { filter = '', filterType } of filters ?? []) {
    const wildcards = filter.split('*').length - 1;
    if (filterType !== 'WILDCARD' || !/^[0-9a-zA-Z._*-]{1,128}$/.test(filter) || wildcards > 2) {
      throw invalidParameter(member, `Invalid filter '${filter}' of type ${filterType}`);
    }
  }
  if ((filters ?? []).length > MAX_FILTERS) {
    throw invalidParameter(member, `Member must have length less than or equal to ${MAX_FILTERS}`);
  }
  return { imageTagMutability: mode as ImageTagMutability, imageTagMutabilityExclusionFilters: filters };
}

/** Whether a tag matches a pattern. `*` matches any run of characters; no other character is special. */
export const matchesTag = (pattern: string, tag: string): boolean =>
  matchesWildcard(pattern.replace(/[?\\]/g, '\\$&'), tag);

/** Whether a tag of a repository with these settings may move to another image. */
export function isMutable(
  tag: string,
  {
    imageTagMutability,
    imageTagMutabilityExclusionFilters,
  }: {
    imageTagMutability?: string;
    imageTagMutabilityExclusionFilters?: ImageTagMutabilityExclusionFilter[];
  },
): boolean {
  const excluded = (imageTagMutabilityExclusionFilters ?? []).some(({ filter = '' }) =>
    matchesTag(filter, tag),
  );
  return (imageTagMutability ?? 'MUTABLE').startsWith('MUTABLE') !== excluded;
}
