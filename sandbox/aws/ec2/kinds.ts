/** The declaration of each kind of EC2 resource: ids, tags, refusals, lists and the VPC that it holds, all of them mandatory. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { ResourceType } from '@aws-sdk/client-ec2';
import type { OperationName } from '../../operations.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { Table, type Kind } from '../../world/table.ts';
import type { Findable } from '../finder.ts';
import { missingParameter } from './errors.ts';
import type { Tagged } from './tags.ts';

/** The declaration of a kind. */
export interface Declaration<Row extends object> {
  /** `vpc`, of ids such as `vpc-0a1b2c3d4e5f60718`. */
  readonly idPrefix: string;
  /** The resource type in tag specifications and in `DescribeTags`. */
  readonly tagType: ResourceType;
  /** The request parameter that takes an id of the kind, as AWS's refusals spell it. */
  readonly parameter: string;
  /** The operations that list the kind, besides `DescribeTags`; they lag. */
  readonly listedBy: readonly OperationName<typeof EC2>[];
  /** Returns the refusal of an id without a row. */
  notFound(id: string): Refusal;
  /** The VPC that cannot be deleted because of a row, if there is one. */
  blocksDeletionOf(row: Row): string | undefined;
  /** Whether the census counts a row: a deleted resource that AWS still shows does not count. */
  isCounted(row: Row): boolean;
}

/** The kind of an EC2 resource. All kinds lag. */
export interface Ec2Kind<Row extends object>
  extends Kind<Row>, Findable, Omit<Declaration<Row>, 'listedBy' | 'notFound' | 'parameter'> {}

export type Ec2Table<Row extends Tagged & object> = Table<Row, Ec2Kind<Row>>;

/** Every row counts. */
export const always = () => true;
/** The resource belongs to no VPC, or is in a subnet, which itself blocks the deletion of its VPC. */
export const noVpc = () => undefined;

/** Makes the table of a kind from its declaration. */
export function resource<Row extends Tagged & object>(declaration: Declaration<Row>): Ec2Table<Row> {
  const { parameter, listedBy, ...kind } = declaration;
  return new Table<Row, Ec2Kind<Row>>({
    ...kind,
    lag: { listedBy: [...listedBy, 'DescribeTags'] },
    keyOf(id) {
      if (!id) throw missingParameter(parameter);
      return id;
    },
  });
}

/** Returns a new id of a table's kind. */
export const newId = (
  region: Region,
  { kind }: { readonly kind: Pick<Ec2Kind<object>, 'idPrefix'> },
): string => region.id(kind.idPrefix);
