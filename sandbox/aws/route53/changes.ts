/** Changes: every change to a zone is `PENDING` until all name servers have it. */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { ChangeInfo } from '@aws-sdk/client-route-53';
import type { Operations } from '../../operations.ts';
import type { Events, Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { newId } from './ids.ts';

/** Adds a pending change, and returns it for the response of the call. */
export function submitChange(region: Region, comment?: string): ChangeInfo {
  const id = newId(region, 'C');
  region.after('dnsChange', 'route53:change-in-sync', id);
  return region.route53.changes.set(id, {
    Id: `/change/${id}`,
    Status: 'PENDING',
    SubmittedAt: region.now(),
    Comment: comment,
  });
}

export const changeOperations = {
  GetChange: {
    inputMembers: ['Id'],
    run({ Id }, region) {
      return { ChangeInfo: rowOf(region.route53.changes, Id) };
    },
  },
} satisfies Operations<typeof Route53>;

export const changeEvents: Events = {
  'route53:change-in-sync'(region, id) {
    const change = region.route53.changes.get(id);
    if (change) change.Status = 'INSYNC';
  },
};
