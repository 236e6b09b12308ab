/** The identity of the caller, and the account of an access key. */
import type * as STS from '@aws-sdk/client-sts';
import type { Operations } from '../../operations.ts';

export const identityOperations = {
  GetCallerIdentity: {
    inputMembers: [],
    run: (_input, region, { arn, userId }) => ({ UserId: userId, Account: region.account, Arn: arn }),
  },

  /** Every access key belongs to the only account. */
  GetAccessKeyInfo: {
    inputMembers: ['AccessKeyId'],
    run: (_input, region) => ({ Account: region.account }),
  },
} satisfies Operations<typeof STS>;
