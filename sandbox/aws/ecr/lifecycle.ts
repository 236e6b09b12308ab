/** The execution of lifecycle policies: the images that a policy selects are deleted once per day. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import type { Events, Region } from '../../world/region.ts';
import { placeOf, requestedRepository } from './checks.ts';
import { lifecyclePolicyNotFound } from './errors.ts';
import { childrenOf, removeImage } from './image-rows.ts';
import { expired, parseLifecyclePolicy } from './lifecycle-policy.ts';
import type { RepositoryRow } from './store.ts';

const EXPIRE = 'ecr:expire-images';

/**
 * Cancels the scheduled expiry of a repository. The event names the repository by ARN, since names are unique only per
 * region.
 */
export const cancelExpiry = (region: Region, { repositoryArn }: RepositoryRow): void =>
  region.forget(EXPIRE, repositoryArn);

/** If the repository has a policy, schedules the next run of the policy. */
function scheduleExpiry(region: Region, repository: RepositoryRow): void {
  cancelExpiry(region, repository);
  if (repository.lifecyclePolicyText === undefined) return;
  region.after('imageExpiry', EXPIRE, repository.repositoryArn);
}

/**
 * Whether policies are applied daily. At the instant pace a daily event would repeat without end, so each push applies the
 * policy.
 */
const isDaily = (region: Region): boolean => region.scaled(1) > 0;

/** Must be called after every push. Applies the repository's policy unless policies are applied daily. */
export function imagePushed(region: Region, repository: RepositoryRow): void {
  if (!isDaily(region)) scheduleExpiry(region, repository);
}

export const lifecycleEvents: Events = {
  [EXPIRE](region, arn) {
    const row = region.ecr.repositories.find(({ repositoryArn }) => repositoryArn === arn);
    if (row?.lifecyclePolicyText === undefined) return;
    const policy = parseLifecyclePolicy(row.lifecyclePolicyText);
    // Images that an index refers to are deleted only with the index.
    const children = childrenOf(row);
    const candidates = row.images.filter(({ digest }) => !children.has(digest));
    for (const image of expired(policy, candidates, region.now())) removeImage(region, row, image);
    if (isDaily(region)) scheduleExpiry(region, row);
  },
};

export const lifecycleOperations = {
  PutLifecyclePolicy: {
    takes: ['registryId', 'repositoryName', 'lifecyclePolicyText'],
    run(input, region) {
      const row = requestedRepository(region, input);
      const { lifecyclePolicyText = '' } = input;
      parseLifecyclePolicy(lifecyclePolicyText);
      row.lifecyclePolicyText = lifecyclePolicyText;
      scheduleExpiry(region, row);
      return { ...placeOf(row), lifecyclePolicyText };
    },
  },

  GetLifecyclePolicy: {
    takes: ['registryId', 'repositoryName'],
    run(input, region) {
      const row = requestedRepository(region, input);
      const place = placeOf(row);
      const { lifecyclePolicyText } = row;
      if (lifecyclePolicyText === undefined) throw lifecyclePolicyNotFound(place);
      return { ...place, lifecyclePolicyText };
    },
  },

  DeleteLifecyclePolicy: {
    takes: ['registryId', 'repositoryName'],
    run(input, region) {
      const row = requestedRepository(region, input);
      const place = placeOf(row);
      const { lifecyclePolicyText } = row;
      if (lifecyclePolicyText === undefined) throw lifecyclePolicyNotFound(place);
      delete row.lifecyclePolicyText;
      cancelExpiry(region, row);
      return { ...place, lifecyclePolicyText };
    },
  },
} satisfies Operations<typeof ECR>;
