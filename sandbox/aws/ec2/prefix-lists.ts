/** The prefix lists of AWS: the addresses of the services that have gateway endpoints. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { PrefixList } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { idNotFound } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import type { Tagged } from './tags.ts';

type Row = PrefixList & Tagged & { PrefixListId: string };

/** The prefix lists of a region. Each has a single block, whereas AWS's lists have many. */
const prefixLists = ({ name }: Region): Row[] => [
  { PrefixListId: 'pl-6da54004', PrefixListName: `com.amazonaws.${name}.s3`, Cidrs: ['52.218.0.0/17'] },
  { PrefixListId: 'pl-6fa54006', PrefixListName: `com.amazonaws.${name}.dynamodb`, Cidrs: ['52.94.24.0/23'] },
];

/** Returns the id of a service's prefix list. @throws InvalidServiceName for a service without gateway endpoints */
export function prefixListOf(region: Region, service: string): string {
  const list = prefixLists(region).find(({ PrefixListName }) => PrefixListName === service);
  if (!list) throw refusal('InvalidServiceName', `The Vpc Endpoint Service '${service}' does not exist`);
  return list.PrefixListId;
}

const filters: FilterTable<Row> = {
  'prefix-list-id': (list) => list.PrefixListId,
  'prefix-list-name': (list) => list.PrefixListName,
};

export const prefixListOperations = {
  DescribePrefixLists: {
    inputMembers: ['PrefixListIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const lists = prefixLists(region);
      const rows = {
        kind: { keyOf: (id = '') => id, notFound: idNotFound('InvalidPrefixListId.NotFound', 'prefixList') },
        all: () => lists,
        get: (id: string) => lists.find(({ PrefixListId }) => PrefixListId === id),
      };
      const { rows: PrefixLists, NextToken } = page(
        filtered(requestedRows(input.PrefixListIds, rows), input.Filters, filters),
        input,
      );
      return { PrefixLists, NextToken };
    },
  },
} satisfies Operations<typeof EC2>;
