/** The password with which container tools log in to a registry. */
import type * as ECR from '@aws-sdk/client-ecr';
import { randomBytes } from 'node:crypto';
import type { Operations } from '../../operations.ts';

/** Twelve hours, in milliseconds. */
const TOKEN_LIFE = 12 * 3600 * 1000;

export const authorizationOperations = {
  /** Returns a random token, since the sandbox checks no passwords. Like AWS's, it is valid for the whole registry. */
  GetAuthorizationToken: {
    takes: [],
    run: (_input, region) => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${randomBytes(64).toString('base64url')}`).toString('base64'),
          expiresAt: new Date(region.now().getTime() + TOKEN_LIFE),
          proxyEndpoint: `https://${region.account}.dkr.ecr.${region.name}.amazonaws.com`,
        },
      ],
    }),
  },
} satisfies Operations<typeof ECR>;
