/** The sandbox's STS: it identifies the caller. Roles cannot be assumed, since that would make no difference here. */
import { identityOperations } from './identity.ts';

export const stsOperations = { ...identityOperations };
