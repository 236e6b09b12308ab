/** For unit tests: every id counts as created recently. */
import type { RecentlyCreated } from '../../lib/aws/recently-created.ts';

export const allRecentlyCreated: RecentlyCreated = {
  recordCreated: () => undefined,
  isNamedIn: () => true,
  treatAllAsCreatedAt: () => undefined,
};
