/** CreateTags, DeleteTags and DescribeTags, over every kind of EC2. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { ResourceType, TagDescription } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal, type Refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import type { Table } from '../../world/table.ts';
import * as errors from './errors.ts';
import { filtered, page, type FilterTable } from './filters.ts';
import type { Ec2Store } from './store.ts';
import { mergeTags, tagsOf, type Tagged } from './tags.ts';

interface Kind {
  readonly type: ResourceType;
  readonly table: (store: Ec2Store) => Table<Tagged>;
  readonly notFound: (id: string) => Refusal;
}

/** The kinds, by the prefix of their ids. */
const kinds: Readonly<Record<string, Kind>> = {
  vpc: { type: 'vpc', table: (ec2) => ec2.vpcs, notFound: errors.vpcNotFound },
  subnet: { type: 'subnet', table: (ec2) => ec2.subnets, notFound: errors.subnetNotFound },
  igw: {
    type: 'internet-gateway',
    table: (ec2) => ec2.internetGateways,
    notFound: errors.internetGatewayNotFound,
  },
  rtb: { type: 'route-table', table: (ec2) => ec2.routeTables, notFound: errors.routeTableNotFound },
  eipalloc: { type: 'elastic-ip', table: (ec2) => ec2.addresses, notFound: errors.allocationNotFound },
  nat: { type: 'natgateway', table: (ec2) => ec2.natGateways, notFound: errors.natGatewayNotFound },
  sg: { type: 'security-group', table: (ec2) => ec2.securityGroups, notFound: errors.groupNotFound },
  sgr: {
    type: 'security-group-rule',
    table: (ec2) => ec2.securityGroupRules,
    notFound: errors.ruleNotFound,
  },
  eni: {
    type: 'network-interface',
    table: (ec2) => ec2.networkInterfaces,
    notFound: errors.interfaceNotFound,
  },
};

/** @throws Invalid…ID.NotFound, InvalidID for an id of no kind */
function taggedOf({ ec2 }: Region, id: string): Tagged {
  const kind = kinds[id.slice(0, id.indexOf('-'))];
  if (!kind) throw refusal('InvalidID', `The ID '${id}' is not valid`);
  const row = kind.table(ec2).get(id);
  if (!row) throw kind.notFound(id);
  return row;
}

function setTags(row: Tagged, tags: EC2.Tag[]): void {
  if (row.TagSet) row.TagSet = tags;
  else row.Tags = tags;
}

function descriptions({ ec2 }: Region): TagDescription[] {
  return Object.values(kinds).flatMap(({ type, table }) =>
    table(ec2)
      .entries()
      .flatMap(([ResourceId, row]) =>
        tagsOf(row).map(({ Key, Value }) => ({ ResourceId, ResourceType: type, Key, Value })),
      ),
  );
}

/** `tag:<key>` is a filter here too: each description has its one tag. */
const filters: FilterTable<TagDescription & Tagged> = {
  key: ({ Key }) => Key,
  value: ({ Value }) => Value,
  'resource-id': ({ ResourceId }) => ResourceId,
  'resource-type': ({ ResourceType }) => ResourceType,
};

export const tagOperations = {
  /** An upsert on all of them or, when one is not there, on none. */
  CreateTags: {
    takes: ['Resources', 'Tags'],
    run({ Resources = [], Tags = [] }, region) {
      if (Resources.length === 0) throw errors.missingParameter('resourceIdSet');
      if (Tags.length === 0) throw errors.missingParameter('tagSet');
      const changes = Resources.map((id) => taggedOf(region, id)).map(
        (row) => [row, mergeTags(tagsOf(row), Tags)] as const,
      );
      for (const [row, tags] of changes) setTags(row, tags);
      return {};
    },
  },

  /** A tag without a value goes whatever its value is; without any tag, all go. */
  DeleteTags: {
    takes: ['Resources', 'Tags'],
    run({ Resources = [], Tags }, region) {
      if (Resources.length === 0) throw errors.missingParameter('resourceIdSet');
      const rows = Resources.map((id) => taggedOf(region, id));
      const goes = (tag: EC2.Tag) =>
        !Tags || Tags.some(({ Key, Value }) => Key === tag.Key && (Value ?? tag.Value) === tag.Value);
      for (const row of rows) {
        setTags(
          row,
          tagsOf(row).filter((tag) => !goes(tag)),
        );
      }
      return {};
    },
  },

  DescribeTags: {
    takes: ['Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const all = descriptions(region).map((one) => ({
        ...one,
        Tags: [{ Key: one.Key, Value: one.Value }],
      }));
      const { rows, NextToken } = page(filtered(all, input.Filters, filters), input);
      return { Tags: rows, NextToken };
    },
  },
} satisfies Operations<typeof EC2>;
