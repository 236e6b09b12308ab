/** The sandbox's WAF: all its operations. */
import { associationOperations } from './associations.ts';
import { ipSetOperations } from './ip-sets.ts';
import { wafTagOperations } from './tags.ts';
import { webAclOperations } from './web-acls.ts';

export const wafv2Operations = {
  ...webAclOperations,
  ...ipSetOperations,
  ...associationOperations,
  ...wafTagOperations,
};
