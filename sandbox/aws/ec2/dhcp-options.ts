/** DHCP options: each region has one set, which every VPC uses. */
import { createHash } from 'node:crypto';
import type * as EC2 from '@aws-sdk/client-ec2';
import type { DhcpOptions } from '@aws-sdk/client-ec2';
import { internalDomainOf } from '../../network/addresses.ts';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { checkIdForm, idNotFound } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';

/** Returns the id of a region's set, which derives from the name of the region. */
export const dhcpOptionsIdOf = ({ name }: Region): string =>
  `dopt-${createHash('sha256').update(name).digest('hex').slice(0, 17)}`;

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html */
const defaultOptions = (region: Region): DhcpOptions => ({
  DhcpOptionsId: dhcpOptionsIdOf(region),
  OwnerId: region.account,
  DhcpConfigurations: [
    { Key: 'domain-name', Values: [{ Value: internalDomainOf(region) }] },
    { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
  ],
  Tags: [],
});

const filters: FilterTable<DhcpOptions> = {
  'dhcp-options-id': (options) => options.DhcpOptionsId,
  key: ({ DhcpConfigurations }) => DhcpConfigurations?.map(({ Key }) => Key),
  'owner-id': (options) => options.OwnerId,
  value: ({ DhcpConfigurations }) =>
    DhcpConfigurations?.flatMap(({ Values = [] }) => Values.map(({ Value }) => Value)),
};

const kind = {
  keyOf(id = ''): string {
    checkIdForm('dopt', id, 'InvalidDhcpOptionsId.Malformed');
    return id;
  },
  notFound: idNotFound('InvalidDhcpOptionID.NotFound', 'dhcpOption'),
};

export const dhcpOptionsOperations = {
  DescribeDhcpOptions: {
    inputMembers: ['DhcpOptionsIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const all = [defaultOptions(region)];
      const get = (id: string) => all.find(({ DhcpOptionsId }) => DhcpOptionsId === id);
      const rows = requestedRows(input.DhcpOptionsIds, { kind, all: () => all, get });
      const { rows: DhcpOptions, NextToken } = page(filtered(rows, input.Filters, filters), input);
      return { DhcpOptions, NextToken };
    },
  },
} satisfies Operations<typeof EC2>;
