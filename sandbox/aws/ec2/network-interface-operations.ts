/** The operations on network interfaces. The account can delete its own interfaces, but not those of AWS's services. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { NetworkInterfaceAssociation, NetworkInterfaceStatus } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { rowOf } from '../finder.ts';
import { invalidParameter } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import { addInterface, releaseInterface } from './network-interfaces.ts';
import { defaultGroupOf } from './security-groups.ts';
import type { NetworkInterfaceRow } from './store.ts';
import { tagsFor } from './tags.ts';
import { oncePerToken } from './tokens.ts';

const associationFilters = (prefix: string): FilterTable<NetworkInterfaceRow> => {
  const valueFrom =
    (getValue: (one: NetworkInterfaceAssociation) => string | undefined) =>
    ({ Association }: NetworkInterfaceRow) =>
      Association && getValue(Association);
  return {
    [`${prefix}.allocation-id`]: valueFrom((one) => one.AllocationId),
    [`${prefix}.association-id`]: valueFrom((one) => one.AssociationId),
    [`${prefix}.owner-id`]: valueFrom((one) => one.IpOwnerId),
    [`${prefix}.ip-owner-id`]: valueFrom((one) => one.IpOwnerId),
    [`${prefix}.public-dns-name`]: valueFrom((one) => one.PublicDnsName),
    [`${prefix}.public-ip`]: valueFrom((one) => one.PublicIp),
  };
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
const filters: FilterTable<NetworkInterfaceRow> = {
  ...associationFilters('association'),
  ...associationFilters('addresses.association'),
  'addresses.primary': ({ PrivateIpAddresses }) => PrivateIpAddresses?.map(({ Primary }) => String(Primary)),
  'addresses.private-ip-address': ({ PrivateIpAddresses }) =>
    PrivateIpAddresses?.map(({ PrivateIpAddress }) => PrivateIpAddress),
  'attachment.attachment-id': ({ Attachment }) => Attachment?.AttachmentId,
  'attachment.delete-on-termination': ({ Attachment }) => Attachment?.DeleteOnTermination,
  'attachment.device-index': ({ Attachment }) => Attachment?.DeviceIndex?.toString(),
  'attachment.instance-id': ({ Attachment }) => Attachment?.InstanceId,
  'attachment.instance-owner-id': ({ Attachment }) => Attachment?.InstanceOwnerId,
  'attachment.status': ({ Attachment }) => Attachment?.Status,
  'availability-zone': (one) => one.AvailabilityZone,
  'availability-zone-id': (one) => one.AvailabilityZoneId,
  description: (one) => one.Description,
  'group-id': ({ Groups }) => Groups?.map(({ GroupId }) => GroupId),
  'group-name': ({ Groups }) => Groups?.map(({ GroupName }) => GroupName),
  'interface-type': (one) => one.InterfaceType,
  'mac-address': (one) => one.MacAddress,
  'network-interface-id': (one) => one.NetworkInterfaceId,
  'owner-id': (one) => one.OwnerId,
  'private-dns-name': (one) => one.PrivateDnsName,
  'private-ip-address': (one) => one.PrivateIpAddress,
  'requester-id': (one) => one.RequesterId,
  'requester-managed': (one) => one.RequesterManaged,
  'source-dest-check': (one) => one.SourceDestCheck,
  status: (one) => one.Status,
  'subnet-id': (one) => one.SubnetId,
  'vpc-id': (one) => one.VpcId,
};

export const networkInterfaceOperations = {
  /** Creates an interface that is not attached. Like any interface, it blocks the deletion of its subnet and groups. */
  CreateNetworkInterface: {
    inputMembers: [
      'SubnetId',
      'Description',
      'Groups',
      'PrivateIpAddress',
      'ClientToken',
      'TagSpecifications',
    ],
    run(input, region) {
      const NetworkInterface = oncePerToken(
        region,
        'CreateNetworkInterface',
        input,
        region.ec2.networkInterfaces,
        () => {
          const { SubnetId: subnetId, VpcId } = rowOf(region.ec2.subnets, input.SubnetId);
          const defaultGroup = defaultGroupOf(region, VpcId);
          const tags = tagsFor(region.ec2.networkInterfaces, input.TagSpecifications);
          const row = addInterface(region, {
            subnetId,
            groups: input.Groups ?? (defaultGroup ? [defaultGroup.GroupId] : []),
            description: input.Description ?? '',
            interfaceType: 'interface',
            privateIp: input.PrivateIpAddress,
          });
          row.TagSet = tags;
          return row.NetworkInterfaceId;
        },
      );
      // The API model's enum lacks `pending`, which responses contain.
      const Status = 'pending' as NetworkInterfaceStatus;
      return { NetworkInterface: { ...NetworkInterface, Status }, ClientToken: input.ClientToken };
    },
  },

  DescribeNetworkInterfaces: {
    inputMembers: ['NetworkInterfaceIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const rows = requestedRows(input.NetworkInterfaceIds, region.ec2.networkInterfaces);
      const { rows: NetworkInterfaces, NextToken } = page(filtered(rows, input.Filters, filters), input);
      return { NetworkInterfaces, NextToken };
    },
  },

  /** Refused for an interface that an AWS service attached, until that service releases it. */
  DeleteNetworkInterface: {
    inputMembers: ['NetworkInterfaceId'],
    run(input, region) {
      const { NetworkInterfaceId, Status } = rowOf(region.ec2.networkInterfaces, input.NetworkInterfaceId);
      if (Status === 'in-use') {
        throw invalidParameter(`Network interface '${NetworkInterfaceId}' is currently in use.`);
      }
      releaseInterface(region, NetworkInterfaceId);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;
