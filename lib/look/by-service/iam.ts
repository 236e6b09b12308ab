/** The looks that call IAM first, under the names of their nouns; loaded together. */
export { lookRoles as roles } from '../roles.ts';
export { lookServiceLinkedRole as serviceLinkedRole } from '../service-linked-role.ts';
