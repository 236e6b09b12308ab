/** The sandbox's STS: identities and temporary credentials. */
import { assumeRoleOperations } from './assume-role.ts';
import { identityOperations } from './identity.ts';

export const stsOperations = { ...identityOperations, ...assumeRoleOperations };
