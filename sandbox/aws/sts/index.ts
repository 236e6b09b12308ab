/** STS as the sandbox has it: nobody can take a role, since nothing would be different then. */
import { identityOperations } from './identity.ts';

export const stsOperations = { ...identityOperations };
