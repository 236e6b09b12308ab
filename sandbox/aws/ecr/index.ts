/** The sandbox's ECR: all its operations and events. */
import type { Events } from '../../world/region.ts';
import { accountSettingOperations } from './account-settings.ts';
import { authorizationOperations } from './authorization.ts';
import { imageDeletionOperations } from './image-deletions.ts';
import { imageListOperations } from './image-lists.ts';
import { imageOperations } from './images.ts';
import { layerDownloadOperations } from './layer-downloads.ts';
import { layerOperations } from './layers.ts';
import { lifecycleEvents, lifecycleOperations } from './lifecycle.ts';
import { repositoryOperations } from './repositories.ts';
import { repositoryPolicyOperations } from './repository-policies.ts';
import { tagOperations } from './tags.ts';

export const ecrOperations = {
  ...repositoryOperations,
  ...tagOperations,
  ...lifecycleOperations,
  ...repositoryPolicyOperations,
  ...authorizationOperations,
  ...accountSettingOperations,
  ...layerOperations,
  ...layerDownloadOperations,
  ...imageOperations,
  ...imageDeletionOperations,
  ...imageListOperations,
};
export const ecrEvents: Events = lifecycleEvents;
