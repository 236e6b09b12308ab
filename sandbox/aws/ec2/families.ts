/** Families of EC2 operations and tables. Add the operations and the table of a new kind of resource here. */
import { emptyListOperations } from './empty-lists.ts';
import { prefixListOperations } from './prefix-lists.ts';
import { vpcEndpointOperations, vpcEndpointTables } from './vpc-endpoints.ts';

/** The tables of all families. */
export const familyTables = () => ({ ...vpcEndpointTables() });

/** The operations of all families. */
export const familyOperations = {
  ...vpcEndpointOperations,
  ...prefixListOperations,
  ...emptyListOperations,
};
