/** Declarations of kinds of load balancing resources, and the tables that are made from them. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationName } from '../../operations.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import { Table, type Kind } from '../../world/table.ts';
import type { Findable } from '../finder.ts';

/** The declaration of a kind of resource. */
interface Declaration {
  /** The part of the kind's ARNs between the account and the first slash. */
  readonly arnType: string;
  /** The operations that list the kind. Their results are eventually consistent. */
  readonly listedBy: readonly OperationName<typeof ELBv2>[];
  /** Returns the refusal of an unknown ARN. */
  notFound(arn: string): Refusal;
}

export interface ElbKind<Row extends object> extends Kind<Row>, Findable {
  readonly arnType: string;
}

export type ElbTable<Row extends object & { tags: Tag[] }> = Table<Row, ElbKind<Row>>;

/** Makes the table of a kind from its declaration. */
export function makeElbTable<Row extends object & { tags: Tag[] }>(declaration: Declaration): ElbTable<Row> {
  const { arnType, listedBy } = declaration;
  return new Table<Row, ElbKind<Row>>({
    arnType,
    isInCensus: () => true,
    lag: { listedBy },
    keyOf: (arn = '') => arn,
    notFound: (arn) => declaration.notFound(arn),
  });
}
