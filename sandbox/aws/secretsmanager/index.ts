/** The sandbox's Secrets Manager: all its operations and events. */
import { secretListOperations } from './lists.ts';
import { recoveryWindowEvents, secretOperations } from './secrets.ts';
import { secretTagOperations } from './tags.ts';
import { secretVersionOperations } from './versions.ts';

export const secretsManagerOperations = {
  ...secretOperations,
  ...secretVersionOperations,
  ...secretListOperations,
  ...secretTagOperations,
};
export const secretsManagerEvents = recoveryWindowEvents;
