/** Keeps ECS's service-linked role: it belongs to the account, and others may need it. */
import type { Removal } from '../../lib/engine/step.ts';

export const serviceLinkedRole: Removal<'serviceLinkedRole'> = {
  /** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html */
  remove: async () => ({ kept: 'it is shared by everything in the account' }),
};
