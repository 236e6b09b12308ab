/** The sandbox's ECS: all its operations and events. */
import type { Events } from '../../world/region.ts';
import { accountSettingOperations } from './account-settings.ts';
import { capacityProviderOperations } from './capacity-providers.ts';
import { clusterOperations } from './clusters.ts';
import { containerInstanceOperations } from './container-instances.ts';
import { executeCommandOperations } from './execute-command.ts';
import { rolloutEvents } from './rollouts.ts';
import { runTaskOperations } from './run-task.ts';
import { schedulerEvents } from './scheduler.ts';
import { serviceDeploymentOperations } from './service-deployments.ts';
import { linkedRoleEvents } from './service-linked-role.ts';
import { serviceUpdateOperations } from './service-updates.ts';
import { serviceOperations } from './services.ts';
import { pauseOperations } from './strategies/operations.ts';
import { tagOperations } from './tags.ts';
import { taskDefinitionEvents, taskDefinitionOperations } from './task-definitions.ts';
import { taskEvents } from './task-life.ts';
import { taskProtectionOperations } from './task-protection.ts';
import { taskOperations } from './tasks.ts';

export const ecsOperations = {
  ...accountSettingOperations,
  ...capacityProviderOperations,
  ...clusterOperations,
  ...containerInstanceOperations,
  ...taskDefinitionOperations,
  ...serviceOperations,
  ...serviceUpdateOperations,
  ...serviceDeploymentOperations,
  ...pauseOperations,
  ...runTaskOperations,
  ...taskOperations,
  ...taskProtectionOperations,
  ...executeCommandOperations,
  ...tagOperations,
};
export const ecsEvents: Events = {
  ...linkedRoleEvents,
  ...taskDefinitionEvents,
  ...rolloutEvents,
  ...schedulerEvents,
  ...taskEvents,
};
