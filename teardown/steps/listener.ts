/** Removes the listener together with its remaining rules. */
import { DeleteListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const listener: Removal<'listener'> = {
  /** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteListener.html */
  remove: ({ aws, existing }) =>
    ignoringNotFound(() => aws.elbv2(new DeleteListenerCommand({ ListenerArn: existing.listenerArn }))),
};
