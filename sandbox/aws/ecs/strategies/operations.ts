/** The operation that ends the pause of a deployment. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Operations } from '../../../operations.ts';
import { invalid, serviceDeploymentNotFound } from '../errors.ts';
import { checkServiceDeploymentArn } from '../identifiers.ts';
import { findRollout } from '../rollouts.ts';
import { wake } from '../wake.ts';

export const pauseOperations = {
  /**
   * Continues or rolls back a deployment that a PAUSE hook has paused. The messages of its refusals are not verified (U).
   * @throws ServiceDeploymentNotFoundException, InvalidParameterException
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContinueServiceDeployment.html
   */
  ContinueServiceDeployment: {
    inputMembers: ['serviceDeploymentArn', 'hookId', 'action'],
    run({ serviceDeploymentArn = '', hookId, action = 'CONTINUE' }, region) {
      checkServiceDeploymentArn(serviceDeploymentArn);
      const found = findRollout(region, serviceDeploymentArn);
      if (!found) throw serviceDeploymentNotFound();
      const { service, row } = found;
      if (row.status !== 'IN_PROGRESS') {
        throw invalid(
          `The service deployment ${serviceDeploymentArn} cannot be continued because its status is ${row.status}.`,
        );
      }
      const detail = row.lifecycleHookDetails?.find((one) => one.hookId === hookId);
      if (!detail) throw invalid(`The lifecycle hook ${hookId} was not found.`);
      if (detail.status !== 'AWAITING_ACTION') {
        throw invalid(
          `The lifecycle hook ${hookId} is not awaiting an action: its status is ${detail.status}.`,
        );
      }
      detail.status = action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED';
      wake(region, service, 'taskCreate');
      return { serviceDeploymentArn };
    },
  },
} satisfies Operations<typeof ECS>;
