/** Removes the listener, and with it whatever rules it still has. */
import { DeleteListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const listener: Removal<'listener'> = {
  /** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteListener.html */
  remove: ({ aws, existing: item }) =>
    ignoringNotFound(() => aws.elbv2(new DeleteListenerCommand({ ListenerArn: item.listenerArn }))),
};
