/** The sandbox's STS, which only identifies the caller. It has no AssumeRole, because the sandbox checks no permissions. */
import { identityOperations } from './identity.ts';

export const stsOperations = { ...identityOperations };
