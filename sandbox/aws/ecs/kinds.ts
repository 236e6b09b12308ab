/** Makes the table of a kind of ECS resource from the kind's declaration in `store.ts`. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Tag } from '@aws-sdk/client-ecs';
import type { OperationName } from '../../operations.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import { Table, type Kind } from '../../world/table.ts';

/** The declaration of a kind: its ARNs, the operations that list it, and the rows that can have tags. */
interface Declaration<Row extends object> {
  /** The part of the kind's ARNs between the account and the first slash. */
  readonly arnType: string;
  /** The operations that list resources of this kind. Their results are eventually consistent. */
  readonly listedBy: readonly OperationName<typeof ECS>[];
  /** Whether the census counts a row. It does not count deleted resources that AWS still shows. */
  isInCensus(row: Row): boolean;
  /** Whether a row can have tags. */
  isTaggable(row: Row): boolean;
  /** Returns the refusal of a tag operation whose ARN does not name a taggable row. */
  notTaggable(): Refusal;
}

export interface EcsKind<Row extends object> extends Kind<Row>, Omit<Declaration<Row>, 'listedBy'> {}

export type EcsTable<Row extends object & { tags?: Tag[] }> = Table<Row, EcsKind<Row>>;

/** Makes the table of a kind from its declaration. */
export function makeEcsTable<Row extends object & { tags?: Tag[] }>(
  declaration: Declaration<Row>,
): EcsTable<Row> {
  const { listedBy, ...kind } = declaration;
  return new Table<Row, EcsKind<Row>>({ ...kind, lag: { listedBy } });
}
