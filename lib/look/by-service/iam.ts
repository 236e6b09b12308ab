/** The looks that ask IAM first, loaded together. */
export { lookRoles } from '../roles.ts';
export { lookServiceLinkedRole } from '../service-linked-role.ts';
