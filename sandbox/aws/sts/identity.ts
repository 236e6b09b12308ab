/** Who is calling: the account is the world's; the user is the one that the sandbox lets everybody be. */
import type * as STS from '@aws-sdk/client-sts';
import type { Operations } from '../../operations.ts';

export const identityOperations = {
  /** Signatures are not checked here, so whoever calls is the same user. */
  GetCallerIdentity: {
    takes: [],
    run: (_input, { account }) => ({
      UserId: 'AIDASANDBOXUSERXXXXXX',
      Account: account,
      Arn: `arn:aws:iam::${account}:user/sandbox`,
    }),
  },
} satisfies Operations<typeof STS>;
