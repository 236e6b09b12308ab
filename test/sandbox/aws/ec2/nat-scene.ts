// The scene for tests of NAT gateways: a subnet, a manual clock, and short names for the calls.
import {
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
} from '@aws-sdk/client-ec2';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import type { Pace } from '../../../../sandbox/world/durations.ts';
import { sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

/** An hour in milliseconds. A deleted NAT gateway is still shown for this long. */
export const HOUR = 3_600_000;

/** Creates a VPC with a subnet but no internet gateway, in a sandbox with a manual clock. */
export async function natScene(pace: Pace = 1) {
  const clock = manualClock();
  const started = await sandbox({ clock, pace });
  const { ec2 } = started;
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  return {
    ...started,
    clock,
    make,
    vpc,
    subnet: await make.subnet(vpc),
    remove: (NatGatewayId: string) => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })),
    states: async (Name: string, ...Values: string[]) => {
      const { NatGateways } = await ec2.send(new DescribeNatGatewaysCommand({ Filter: [{ Name, Values }] }));
      return NatGateways?.map(({ State }) => State);
    },
    interfaces: async () =>
      required((await ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces),
  };
}
