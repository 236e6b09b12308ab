/** The prefix lists of AWS: the addresses of the services that have gateway endpoints. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { PrefixList } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { checkIdForm, idNotFound } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import type { Tagged } from './tags.ts';

type Row = PrefixList & Tagged & { PrefixListId: string };

/** The prefix lists of a region. Each has a single block, whereas AWS's lists have many. */
const prefixLists = (region: Region): Row[] =>
  servicesWithPrefixList(region).map(({ ServiceName, PrefixListId, Cidrs }) => ({
    PrefixListId,
    PrefixListName: ServiceName,
    Cidrs,
  }));

/** The services with prefix lists. Both ids of a service are the same in every region. */
export const servicesWithPrefixList = ({ name: region }: Region) =>
  [
    {
      name: 's3',
      PrefixListId: 'pl-6da54004',
      Cidrs: ['52.218.0.0/17'],
      ServiceId: 'vpce-svc-0a1b2c3d4e5f60718',
    },
    {
      name: 'dynamodb',
      PrefixListId: 'pl-6fa54006',
      Cidrs: ['52.94.24.0/23'],
      ServiceId: 'vpce-svc-0a1b2c3d4e5f60719',
    },
  ].map((service) => ({ ...service, ServiceName: `com.amazonaws.${region}.${service.name}` }));

export const serviceNotFound = (service: string) =>
  refusal('InvalidServiceName', `The Vpc Endpoint Service '${service}' does not exist`);

/** Returns the id of a service's prefix list. @throws InvalidServiceName for a service without gateway endpoints */
export function prefixListIdOf(region: Region, service: string): string {
  const list = prefixLists(region).find(({ PrefixListName }) => PrefixListName === service);
  if (!list) throw serviceNotFound(service);
  return list.PrefixListId;
}

const filters: FilterTable<Row> = {
  'prefix-list-id': (list) => list.PrefixListId,
  'prefix-list-name': (list) => list.PrefixListName,
};

/** Returns the id that a call names. @throws InvalidPrefixListId.Malformed */
function keyOf(id = ''): string {
  checkIdForm('pl', id, 'InvalidPrefixListId.Malformed');
  return id;
}

export const prefixListOperations = {
  DescribePrefixLists: {
    inputMembers: ['PrefixListIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const lists = prefixLists(region);
      const rows = {
        kind: { keyOf, notFound: idNotFound('InvalidPrefixListId.NotFound', 'prefixList') },
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
