/** The passwords with which container tools log in to a registry: issued for twelve hours, and stored as hashes. */
import type * as ECR from '@aws-sdk/client-ecr';
import { randomBytes } from 'node:crypto';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { secretHash } from '../secret-hash.ts';
import { notImplemented } from './errors.ts';
import { loopbackRegistryOf } from './registry.ts';

/** Twelve hours, in milliseconds. */
const TOKEN_LIFETIME = 12 * 3600 * 1000;
/** The maximum number of tokens that the sandbox remembers in a region. It forgets the oldest ones. */
const MAX_TOKENS = 1000;
/** The only user name that ECR accepts. */
const USER = 'AWS';

/** Remembers a new password. An expired one is kept for a while, so that its user learns why it is refused. */
function remember({ ecr }: Region, password: string, expiresAt: Date): void {
  ecr.authorizationTokens.set(secretHash(password), { expiresAt });
  ecr.authorizationTokens.keepNewest(MAX_TOKENS);
}

/** The result of a check of credentials. A token is valid only in the region in which it was issued. */
export type CredentialStatus = 'valid' | 'expired' | 'unknown';

/**
 * Checks the credentials of a request against the tokens that were issued in a region.
 * @param authorization the header `Authorization` of the request
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html#registry_auth_http
 */
export function checkCredentials(region: Region, authorization: string): CredentialStatus {
  const [, encoded = ''] = /^Basic +([\w+/=-]+)$/i.exec(authorization) ?? [];
  const [, user, password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  const token = user === USER ? region.ecr.authorizationTokens.get(secretHash(password)) : undefined;
  if (!token) return 'unknown';
  return token.expiresAt > region.now() ? 'valid' : 'expired';
}

/** Returns the URL at which container tools reach the registry of a region. */
function proxyEndpoint(region: Region): string {
  const port = region.port();
  return `http://${loopbackRegistryOf(region)}${port === undefined ? '' : `:${port}`}`;
}

export const authorizationOperations = {
  /** Returns a random token for the whole registry. */
  GetAuthorizationToken: {
    inputMembers: ['registryIds'],
    run: ({ registryIds }, region) => {
      const foreign = registryIds?.find((id) => id !== region.account);
      if (foreign !== undefined) throw notImplemented(`registry of the account ${foreign}`);
      const password = randomBytes(64).toString('base64url');
      const expiresAt = new Date(region.now().getTime() + TOKEN_LIFETIME);
      remember(region, password, expiresAt);
      // The gateway takes this operation for a read, because of its name, and does not report the change.
      region.changed();
      const authorizationToken = Buffer.from(`${USER}:${password}`).toString('base64');
      return {
        authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: proxyEndpoint(region) }],
      };
    },
  },
} satisfies Operations<typeof ECR>;
