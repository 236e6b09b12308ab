/** Whether a tag of a repository may move to another image. */
import type { ImageTagMutability, ImageTagMutabilityExclusionFilter } from '@aws-sdk/client-ecr';
import { matchesWildcard } from '../../wildcard.ts';
import { invalidParameter } from './errors.ts';

const MAX_WILDCARDS = 2;

export interface Mutability {
  imageTagMutability: ImageTagMutability;
  imageTagMutabilityExclusionFilters: ImageTagMutabilityExclusionFilter[] | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html */
export function checkMutability(
  mode: ImageTagMutability,
  filters: ImageTagMutabilityExclusionFilter[] | undefined,
): Mutability {
  const member = 'imageTagMutabilityExclusionFilters';
  const needsFilters = mode.endsWith('_WITH_EXCLUSION');
  if (needsFilters !== (filters !== undefined)) {
    const must = needsFilters ? "can't be null" : 'must be null';
    throw invalidParameter(
      member,
      `ImageTagMutabilityExclusionFilters ${must} when imageTagMutability is set as ${mode}`,
    );
  }
  for (const { filter = '', filterType } of filters ?? []) {
    const wildcardCount = filter.split('*').length - 1;
    if (wildcardCount > MAX_WILDCARDS)
      throw invalidParameter(member, `Invalid filter '${filter}' of type ${filterType}`);
  }
  return { imageTagMutability: mode, imageTagMutabilityExclusionFilters: filters };
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
  const isExcluded = (imageTagMutabilityExclusionFilters ?? []).some(({ filter = '' }) =>
    matchesTag(filter, tag),
  );
  return (imageTagMutability ?? 'MUTABLE').startsWith('MUTABLE') !== isExcluded;
}
