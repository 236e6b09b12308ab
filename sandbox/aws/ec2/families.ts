/** The families of EC2 operations that declare their own tables; a new kind of resource is added here. */
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
