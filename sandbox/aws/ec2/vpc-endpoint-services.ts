/** The services that have gateway endpoints: S3 and DynamoDB. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { ServiceDetail } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import { serviceNotFound, servicesWithPrefixList } from './prefix-lists.ts';
import { zonesOf } from './zones.ts';

type Row = ServiceDetail & { ServiceName: string };

const details = (region: Region): Row[] =>
  servicesWithPrefixList(region).map(({ ServiceName, ServiceId, name }) => ({
    ServiceName,
    ServiceId,
    ServiceType: [{ ServiceType: 'Gateway' }],
    ServiceRegion: region.name,
    AvailabilityZones: zonesOf(region).map((zone) => zone.name),
    Owner: 'amazon',
    BaseEndpointDnsNames: [`${name}.${region.name}.${region.partition.dnsSuffix}`],
    VpcEndpointPolicySupported: true,
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    SupportedIpAddressTypes: ['ipv4'],
    Tags: [],
  }));

const filters: FilterTable<Row> = {
  owner: (service) => service.Owner,
  'service-name': (service) => service.ServiceName,
  'service-region': (service) => service.ServiceRegion,
  'service-type': ({ ServiceType }) => ServiceType?.map((one) => one.ServiceType),
  'supported-ip-address-types': (service) => service.SupportedIpAddressTypes,
};

export const vpcEndpointServiceOperations = {
  /** AWS also lists the services that have interface endpoints. The sandbox has no such endpoints. */
  DescribeVpcEndpointServices: {
    inputMembers: ['ServiceNames', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const all = details(region);
      const rows = requestedRows(input.ServiceNames, {
        kind: { keyOf: (name = '') => name, notFound: serviceNotFound },
        all: () => all,
        get: (name) => all.find(({ ServiceName }) => ServiceName === name),
      });
      const { rows: ServiceDetails, NextToken } = page(filtered(rows, input.Filters, filters), input);
      return {
        ServiceNames: ServiceDetails.map(({ ServiceName }) => ServiceName),
        ServiceDetails,
        NextToken,
      };
    },
  },
} satisfies Operations<typeof EC2>;
