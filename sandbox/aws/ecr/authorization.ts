/** The password with which container tools log in to a registry. */
import type * as ECR from '@aws-sdk/client-ecr';
import { randomBytes } from 'node:crypto';
import type { Operations } from '../../operations.ts';
import { registryOf } from './registry.ts';

/** Twelve hours, in milliseconds. */
const TOKEN_LIFETIME = 12 * 3600 * 1000;

export const authorizationOperations = {
  /** Returns a random token for the whole registry. The sandbox does not check passwords. */
  GetAuthorizationToken: {
    inputMembers: [],
    run: (_input, region) => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${randomBytes(64).toString('base64url')}`).toString('base64'),
          expiresAt: new Date(region.now().getTime() + TOKEN_LIFETIME),
          proxyEndpoint: `https://${registryOf(region)}`,
        },
      ],
    }),
  },
} satisfies Operations<typeof ECR>;
