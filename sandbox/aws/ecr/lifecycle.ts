/** Lifecycle policies at work: once a day, the images that a policy selects expire. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import type { Events, Region } from '../../world/region.ts';
import { placeOf, repositoryOf } from './checks.ts';
import { lifecyclePolicyNotFound } from './errors.ts';
import { childrenOf, removeImage } from './image-rows.ts';
import { expired, parseLifecyclePolicy } from './lifecycle-policy.ts';
import type { RepositoryRow } from './store.ts';

const EXPIRE = 'ecr:expire-images';

/** Takes back what was to come for a repository. Its ARN is the subject: another region may have the name too. */
export const cancelExpiry = (region: Region, { repositoryArn }: RepositoryRow): void =>
  region.forget(EXPIRE, repositoryArn);

/** Has the policy of a repository applied within a day, if it has one. */
function scheduleExpiry(region: Region, repository: RepositoryRow): void {
  cancelExpiry(region, repository);
  if (repository.lifecyclePolicyText === undefined) return;
  region.after('imageExpiry', EXPIRE, repository.repositoryArn);
}

/** Where time passes the policy is applied every day. Where it does not, tomorrow would be now, for ever: then every push does it. */
const isDaily = (region: Region): boolean => region.scaled(1) > 0;

/** Says that an image was pushed. */
export function imagePushed(region: Region, repository: RepositoryRow): void {
  if (!isDaily(region)) scheduleExpiry(region, repository);
}

export const lifecycleEvents: Events = {
  [EXPIRE](region, arn) {
    const row = region.ecr.repositories.find(({ repositoryArn }) => repositoryArn === arn);
    if (row?.lifecyclePolicyText === undefined) return;
    const policy = parseLifecyclePolicy(row.lifecyclePolicyText);
    // What an index refers to goes with the index only.
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
      const row = repositoryOf(region, input);
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
      const row = repositoryOf(region, input);
      const place = placeOf(row);
      const { lifecyclePolicyText } = row;
      if (lifecyclePolicyText === undefined) throw lifecyclePolicyNotFound(place);
      return { ...place, lifecyclePolicyText };
    },
  },

  DeleteLifecyclePolicy: {
    takes: ['registryId', 'repositoryName'],
    run(input, region) {
      const row = repositoryOf(region, input);
      const place = placeOf(row);
      const { lifecyclePolicyText } = row;
      if (lifecyclePolicyText === undefined) throw lifecyclePolicyNotFound(place);
      delete row.lifecyclePolicyText;
      cancelExpiry(region, row);
      return { ...place, lifecyclePolicyText };
    },
  },
} satisfies Operations<typeof ECR>;
