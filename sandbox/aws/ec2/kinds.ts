/** Declarations of kinds of EC2 resources, and the tables that are made from them. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { ResourceType } from '@aws-sdk/client-ec2';
import type { OperationName } from '../../operations.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { Table, type Kind } from '../../world/table.ts';
import type { Findable } from '../finder.ts';
import { checkIdForm, missingParameter } from './errors.ts';
import type { Tagged } from './tags.ts';

/** The declaration of a kind of resource. All fields are mandatory, so that a new kind cannot omit any. */
export interface Declaration<Row extends object> {
  /** The prefix of the kind's ids, e.g. `vpc` for `vpc-0a1b2c3d4e5f60718`. */
  readonly idPrefix: string;
  /** The resource type in tag specifications and in `DescribeTags`. */
  readonly tagType: ResourceType;
  /** The request parameter for an id of the kind, as AWS's refusals spell it. */
  readonly parameter: string;
  /** The operations that list the kind, besides `DescribeTags`. Their results are eventually consistent. */
  readonly listedBy: readonly OperationName<typeof EC2>[];
  /** Returns the refusal of an unknown id. */
  notFound(id: string): Refusal;
  /** The code of the refusal of a malformed id. Undefined if AWS has no such code: it then reports the id as unknown. */
  readonly malformedCode: string | undefined;
  /** Returns the id of the VPC that cannot be deleted while the row exists, if any. */
  blockedVpcId(row: Row): string | undefined;
  /** Whether the census counts a row. A deleted resource that AWS still shows does not count. */
  isInCensus(row: Row): boolean;
}

/** A kind of EC2 resource. Calls see creations and deletions of every kind with a delay. */
export interface Ec2Kind<Row extends object>
  extends
    Kind<Row>,
    Findable,
    Omit<Declaration<Row>, 'listedBy' | 'malformedCode' | 'notFound' | 'parameter'> {}

export type Ec2Table<Row extends Tagged & object> = Table<Row, Ec2Kind<Row>>;

/** For `isInCensus`: every row counts. */
export const always = () => true;
/** For `blockedVpcId`: the resource is not in a VPC, or it is in a subnet, which already blocks the deletion of the VPC. */
export const blocksNoVpc = () => undefined;

/** Makes the table of a kind from its declaration. */
export function makeEc2Table<Row extends Tagged & object>(declaration: Declaration<Row>): Ec2Table<Row> {
  const { parameter, listedBy, malformedCode, ...kind } = declaration;
  return new Table<Row, Ec2Kind<Row>>({
    ...kind,
    lag: { listedBy: [...listedBy, 'DescribeTags'] },
    keyOf(id) {
      if (!id) throw missingParameter(parameter);
      if (malformedCode !== undefined) checkIdForm(kind.idPrefix, id, malformedCode);
      return id;
    },
  });
}

/** Returns a new id of a table's kind. */
export const newId = (
  region: Region,
  { kind }: { readonly kind: Pick<Ec2Kind<object>, 'idPrefix'> },
): string => region.id(kind.idPrefix);
