/** For unit tests: whatever a test names was made moments ago. */
import type { RecentlyCreated } from '../../lib/aws/recently-created.ts';

export const allRecentlyCreated: RecentlyCreated = {
  recordCreated: () => undefined,
  isNamedIn: () => true,
  assumeAllCreatedUntil: () => undefined,
};
