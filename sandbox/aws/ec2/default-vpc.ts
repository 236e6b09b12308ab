/** The default VPC of a region: it does not exist until a call creates it, with a public subnet in each zone. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { cidrsOverlap } from '../../network/cidr.ts';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { addGateway } from './internet-gateways.ts';
import { checkQuota, quotas } from './quotas.ts';
import type { SubnetRow, VpcRow } from './store.ts';
import { addSubnet, checkBlock, newSubnetView, zoneFor } from './subnets.ts';
import { addVpc, newVpcView } from './vpcs.ts';
import { zonesOf, type Zone } from './zones.ts';

const DEFAULT_BLOCK = '172.31.0.0/16';
/** The blocks of the default subnets, in the order in which they are used. */
const SUBNET_BLOCKS = Array.from({ length: 16 }, (_, i) => `172.31.${i * 16}.0/20`);

const existingDefaultVpc = ({ ec2 }: Region): VpcRow | undefined =>
  ec2.vpcs.find(({ IsDefault }) => IsDefault === true);

/** Adds the default subnet of a zone, in the first free block. Instances in the subnet get public addresses. */
function addDefaultSubnet(region: Region, vpc: VpcRow, zone: Zone): SubnetRow {
  const used = region.ec2.subnets.filter(({ VpcId }) => VpcId === vpc.VpcId);
  const free = SUBNET_BLOCKS.find((block) => !used.some((one) => cidrsOverlap(one.CidrBlock, block)));
  // If no block is free, the check of the VPC's own block reports the conflict.
  const CidrBlock = checkBlock(region, vpc, free ?? DEFAULT_BLOCK);
  const subnet = addSubnet(region, vpc, { CidrBlock, zone, Tags: [] });
  subnet.DefaultForAz = true;
  subnet.MapPublicIpOnLaunch = true;
  return subnet;
}

export const defaultVpcOperations = {
  /** @see https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html */
  CreateDefaultVpc: {
    inputMembers: [],
    run(_, region) {
      if (existingDefaultVpc(region)) {
        throw refusal(
          'DefaultVpcAlreadyExists',
          'A Default VPC already exists for this account in this region.',
        );
      }
      // Checked first, so that a refused call leaves no VPC behind.
      checkQuota(quotas.internetGateways, region.ec2.internetGateways.size + 1);
      const { vpc, mainTable } = addVpc(region, {
        CidrBlock: DEFAULT_BLOCK,
        InstanceTenancy: 'default',
        Tags: [],
      });
      const gateway = addGateway(region, []);
      vpc.IsDefault = true;
      vpc.enableDnsHostnames = true;
      gateway.Attachments = [{ State: 'available' as EC2.AttachmentStatus, VpcId: vpc.VpcId }];
      const GatewayId = gateway.InternetGatewayId;
      mainTable.Routes.push({ DestinationCidrBlock: '0.0.0.0/0', GatewayId, Origin: 'CreateRoute' });
      for (const zone of zonesOf(region)) addDefaultSubnet(region, vpc, zone);
      return { Vpc: newVpcView(region, vpc) };
    },
  },

  /** @see https://docs.aws.amazon.com/vpc/latest/userguide/work-with-default-vpc.html */
  CreateDefaultSubnet: {
    inputMembers: ['AvailabilityZone', 'AvailabilityZoneId'],
    run(input, region) {
      const vpc = existingDefaultVpc(region);
      if (!vpc) {
        throw refusal('DefaultVpcDoesNotExist', 'No default VPC exists for this account in this region.');
      }
      const zone = zoneFor(region, input);
      const existing = region.ec2.subnets.find(
        ({ DefaultForAz, AvailabilityZone }) => DefaultForAz === true && AvailabilityZone === zone.name,
      );
      if (existing) {
        throw refusal(
          'DefaultSubnetAlreadyExistsInAvailabilityZone',
          `'${existing.SubnetId}' is already the default subnet in ${zone.name}.`,
        );
      }
      return { Subnet: newSubnetView(region, addDefaultSubnet(region, vpc, zone)) };
    },
  },
} satisfies Operations<typeof EC2>;
