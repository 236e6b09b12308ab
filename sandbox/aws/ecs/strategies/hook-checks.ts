/** ECS's checks of the lifecycle hooks of a deployment configuration. The messages are not verified (U). */
import type { DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import { invalid, notSupported } from '../errors.ts';
import { PAUSABLE } from './stages.ts';

const MAX_HOOKS = 10;
const MAX_TIMEOUT_MINUTES = 20_160;

/**
 * Checks the hooks of a call.
 * @throws InvalidParameterException; NotImplemented for hooks that call a Lambda function, because the sandbox has none
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
 */
export function checkHooks(hooks: readonly DeploymentLifecycleHook[]): void {
  for (const hook of hooks) checkHook(hook);
  if (hooks.length > MAX_HOOKS) throw invalid(`lifecycleHooks can have at most ${MAX_HOOKS} PAUSE hooks.`);
}

function checkHook({
  targetType = 'AWS_LAMBDA',
  hookTargetArn,
  roleArn,
  lifecycleStages = [],
  timeoutConfiguration,
}: DeploymentLifecycleHook): void {
  if (targetType === 'AWS_LAMBDA') {
    if (!hookTargetArn || !roleArn)
      throw invalid('hookTargetArn and roleArn are required for AWS_LAMBDA lifecycle hooks.');
    throw notSupported('deploymentConfiguration.lifecycleHooks.targetType AWS_LAMBDA');
  }
  if (hookTargetArn !== undefined || roleArn !== undefined)
    throw invalid('hookTargetArn and roleArn are not allowed for PAUSE lifecycle hooks.');
  if (lifecycleStages.length === 0) throw invalid('Lifecycle stage cannot be null or empty.');
  const refused = lifecycleStages.find((stage) => !PAUSABLE.includes(stage));
  if (refused !== undefined)
    throw invalid(`PAUSE lifecycle hooks are not supported at the lifecycle stage ${refused}.`);
  const { timeoutInMinutes: minutes } = timeoutConfiguration ?? {};
  if (minutes !== undefined && !(Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_TIMEOUT_MINUTES))
    throw invalid(`timeoutInMinutes must be between 1 and ${MAX_TIMEOUT_MINUTES}.`);
}
