/** The sandbox's STS, which only identifies the caller. No role needs to be assumed, as the sandbox checks no permissions. */
import { identityOperations } from './identity.ts';

export const stsOperations = { ...identityOperations };
