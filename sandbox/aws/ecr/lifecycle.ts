/** The execution of lifecycle policies: once per day, the images that a policy expires are deleted. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import type { Events, Region } from '../../world/region.ts';
import { identityOf, requestedRepository } from './checks.ts';
import { lifecyclePolicyNotFound } from './errors.ts';
import { childDigestsIn, removeImage } from './image-rows.ts';
import { expiredImages, parseLifecyclePolicy } from './lifecycle-policy.ts';
import type { RepositoryRow } from './store.ts';

const EXPIRE_EVENT = 'ecr:expire-images';

/**
 * Cancels the scheduled expiry of a repository's images. The event names the repository by ARN, since names are unique only
 * per region.
 */
export const cancelExpiry = (region: Region, { repositoryArn }: RepositoryRow): void =>
  region.forget(EXPIRE_EVENT, repositoryArn);

/** Schedules the next run of the repository's policy, if it has one. */
function scheduleExpiry(region: Region, repository: RepositoryRow): void {
  cancelExpiry(region, repository);
  if (repository.lifecyclePolicyText === undefined) return;
  region.after('imageExpiry', EXPIRE_EVENT, repository.repositoryArn);
}

/**
 * Whether policies are applied daily. At the instant pace a daily event would repeat without end, so instead each push
 * applies the policy.
 */
const appliesPoliciesDaily = (region: Region): boolean => region.scaled(1) > 0;

/** Applies the repository's policy after a push, unless policies are applied daily. */
export function onImagePushed(region: Region, repository: RepositoryRow): void {
  if (!appliesPoliciesDaily(region)) scheduleExpiry(region, repository);
}

export const lifecycleEvents: Events = {
  [EXPIRE_EVENT](region, arn) {
    const row = region.ecr.repositories.find(({ repositoryArn }) => repositoryArn === arn);
    if (row?.lifecyclePolicyText === undefined) return;
    const policy = parseLifecyclePolicy(row.lifecyclePolicyText);
    // Images that an index refers to are deleted only with the index.
    const children = childDigestsIn(row);
    const candidates = row.images.filter(({ digest }) => !children.has(digest));
    for (const image of expiredImages(policy, candidates, region.now())) removeImage(region, row, image);
    if (appliesPoliciesDaily(region)) scheduleExpiry(region, row);
  },
};

export const lifecycleOperations = {
  PutLifecyclePolicy: {
    inputMembers: ['registryId', 'repositoryName', 'lifecyclePolicyText'],
    run(input, region) {
      const row = requestedRepository(region, input);
      const { lifecyclePolicyText = '' } = input;
      parseLifecyclePolicy(lifecyclePolicyText);
      row.lifecyclePolicyText = lifecyclePolicyText;
      scheduleExpiry(region, row);
      return { ...identityOf(row), lifecyclePolicyText };
    },
  },

  GetLifecyclePolicy: {
    inputMembers: ['registryId', 'repositoryName'],
    run(input, region) {
      const row = requestedRepository(region, input);
      const identity = identityOf(row);
      const { lifecyclePolicyText } = row;
      if (lifecyclePolicyText === undefined) throw lifecyclePolicyNotFound(identity);
      return { ...identity, lifecyclePolicyText };
    },
  },

  DeleteLifecyclePolicy: {
    inputMembers: ['registryId', 'repositoryName'],
    run(input, region) {
      const row = requestedRepository(region, input);
      const identity = identityOf(row);
      const { lifecyclePolicyText } = row;
      if (lifecyclePolicyText === undefined) throw lifecyclePolicyNotFound(identity);
      delete row.lifecyclePolicyText;
      cancelExpiry(region, row);
      return { ...identity, lifecyclePolicyText };
    },
  },
} satisfies Operations<typeof ECR>;
