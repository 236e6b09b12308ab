/** Families of EC2 operations and tables. Add the operations and the table of a new kind of resource here. */
import { accountAttributeOperations } from './account-attributes.ts';
import { dhcpOptionsOperations } from './dhcp-options.ts';
import { emptyListOperations } from './empty-lists.ts';
import { flowLogOperations, flowLogTables } from './flow-logs.ts';
import { ipv6BlockOperations } from './ipv6-blocks.ts';
import { networkAclAssociationOperations } from './network-acl-associations.ts';
import { networkAclEntryOperations } from './network-acl-entries.ts';
import { networkAclOperations, networkAclTables } from './network-acls.ts';
import { prefixListOperations } from './prefix-lists.ts';
import { vpcEndpointServiceOperations } from './vpc-endpoint-services.ts';
import { vpcEndpointOperations, vpcEndpointTables } from './vpc-endpoints.ts';

/** The tables of all families. */
export const familyTables = () => ({ ...vpcEndpointTables(), ...networkAclTables(), ...flowLogTables() });

/** The operations of all families. */
export const familyOperations = {
  ...vpcEndpointOperations,
  ...flowLogOperations,
  ...ipv6BlockOperations,
  ...networkAclOperations,
  ...networkAclEntryOperations,
  ...networkAclAssociationOperations,
  ...prefixListOperations,
  ...accountAttributeOperations,
  ...dhcpOptionsOperations,
  ...vpcEndpointServiceOperations,
  ...emptyListOperations,
};
