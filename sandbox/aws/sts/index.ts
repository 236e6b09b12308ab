/** The sandbox's STS: it identifies the caller. Roles cannot be assumed, because the sandbox checks no permissions. */
import { identityOperations } from './identity.ts';

export const stsOperations = { ...identityOperations };
