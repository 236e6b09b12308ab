/** The identity of the caller. All callers are the same user of the world's account. */
import type * as STS from '@aws-sdk/client-sts';
import type { Operations } from '../../operations.ts';

export const identityOperations = {
  /** Signatures are not checked, so every caller is the same user. */
  GetCallerIdentity: {
    inputMembers: [],
    run: (_input, region) => ({
      UserId: 'AIDASANDBOXUSERXXXXXX',
      Account: region.account,
      Arn: region.iamArn('user/sandbox'),
    }),
  },
} satisfies Operations<typeof STS>;
