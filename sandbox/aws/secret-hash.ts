/** The hashes under which the sandbox stores the secrets that it issues. */
import { createHash } from 'node:crypto';

/** Returns the hash of a secret. Issued secrets are random and long, so a fast hash is enough. */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
