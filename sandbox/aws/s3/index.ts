/** The sandbox's S3: all its operations. */
import { bucketOperations } from './buckets.ts';
import { listOperations } from './lists.ts';
import { objectTagOperations } from './object-tags.ts';
import { objectOperations } from './objects.ts';
import { policyOperations } from './policies.ts';
import { settingOperations } from './settings.ts';
import { tagOperations } from './tags.ts';

export const s3Operations = {
  ...bucketOperations,
  ...tagOperations,
  ...policyOperations,
  ...settingOperations,
  ...objectOperations,
  ...objectTagOperations,
  ...listOperations,
};
