/** Looks for faults in the network of a service's tasks: a missing route to the outside, and ports that no rule opens. */
import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  type RouteTable,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../aws/clients.ts';
import { isRouted, type Service } from '../config/config.ts';
import type { Names } from '../derive/names.ts';
import { describeServices } from '../look/services.ts';
import type { NetworkFacts } from './facts.ts';

/** Reads the network of a service; undefined if it cannot be read. */
export async function readNetwork(
  aws: Aws,
  names: Names,
  service: Service,
): Promise<NetworkFacts | undefined> {
  try {
    const [described] = await describeServices(aws, names.cluster, [names.service(service)]);
    const {
      subnets = [],
      securityGroups = [],
      assignPublicIp,
    } = described?.networkConfiguration?.awsvpcConfiguration ?? {};
    if (subnets.length === 0 || securityGroups.length === 0) return undefined;
    const [{ RouteTables = [] }, { SecurityGroupRules = [] }] = await Promise.all([
      aws.ec2(
        new DescribeRouteTablesCommand({ Filters: [{ Name: 'association.subnet-id', Values: subnets }] }),
      ),
      aws.ec2(
        new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: securityGroups }] }),
      ),
    ]);
    const ports = service.containers.filter(isRouted).map(({ port }) => port);
    return {
      hasWayOut: assignPublicIp === 'ENABLED' || RouteTables.every(leadsOut),
      closedPorts: ports.filter((port) => !SecurityGroupRules.some((rule) => opens(rule, port))),
    };
  } catch {
    // Without the permission to read the network, its faults stay unknown.
    return undefined;
  }
}

/** Whether a route table has a usable default route. A route to a deleted NAT gateway is a `blackhole`. */
const leadsOut = ({ Routes = [] }: RouteTable): boolean =>
  Routes.some(
    ({ DestinationCidrBlock, State }) => DestinationCidrBlock === '0.0.0.0/0' && State === 'active',
  );

const opens = (
  { IsEgress, IpProtocol, FromPort = 0, ToPort = 0 }: SecurityGroupRule,
  port: number,
): boolean =>
  !IsEgress && (IpProtocol === '-1' || (IpProtocol === 'tcp' && FromPort <= port && port <= ToPort));
