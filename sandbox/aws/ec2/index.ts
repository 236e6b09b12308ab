/** The sandbox's EC2: all its operations and events. */
import type { Events } from '../../world/region.ts';
import { addressOperations } from './addresses.ts';
import { familyOperations } from './families.ts';
import { internetGatewayOperations } from './internet-gateways.ts';
import { natGatewayEvents } from './nat-gateway-events.ts';
import { natGatewayOperations } from './nat-gateways.ts';
import { networkInterfaceOperations } from './network-interface-operations.ts';
import { routeTableAssociationOperations } from './route-table-associations.ts';
import { routeTableOperations } from './route-tables.ts';
import { routeOperations } from './routes.ts';
import { securityGroupRuleChangeOperations } from './security-group-rule-changes.ts';
import { securityGroupRuleOperations } from './security-group-rules.ts';
import { securityGroupOperations } from './security-groups.ts';
import { subnetOperations } from './subnets.ts';
import { tagOperations } from './tag-operations.ts';
import { vpcAttributeOperations } from './vpc-attributes.ts';
import { vpcOperations } from './vpcs.ts';
import { zoneOperations } from './zones.ts';

export const ec2Operations = {
  ...vpcOperations,
  ...vpcAttributeOperations,
  ...zoneOperations,
  ...subnetOperations,
  ...internetGatewayOperations,
  ...routeTableOperations,
  ...routeTableAssociationOperations,
  ...routeOperations,
  ...addressOperations,
  ...natGatewayOperations,
  ...securityGroupOperations,
  ...securityGroupRuleOperations,
  ...securityGroupRuleChangeOperations,
  ...networkInterfaceOperations,
  ...tagOperations,
  ...familyOperations,
};

export const ec2Events: Events = { ...natGatewayEvents };
