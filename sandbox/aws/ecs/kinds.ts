/** The declaration of each kind of ECS resource: its ARNs, the lists that it appears in, and which rows take tags. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Tag } from '@aws-sdk/client-ecs';
import type { OperationName } from '../../operations.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import { Table, type Kind } from '../../world/table.ts';

/** What the declaration of a kind states. */
interface Declaration<Row extends object> {
  /** What follows the account in ARNs of the kind, up to the first slash. */
  readonly arnType: string;
  /** The operations that list the kind; they lag. */
  readonly listedBy: readonly OperationName<typeof ECS>[];
  /** Whether the census counts a row: a deleted resource that AWS still shows does not count. */
  isCounted(row: Row): boolean;
  /** Whether a row takes tags. */
  isTaggable(row: Row): boolean;
  /** Returns the refusal of a tag operation on an ARN without a row that takes tags. */
  notTaggable(): Refusal;
}

export interface EcsKind<Row extends object> extends Kind<Row>, Omit<Declaration<Row>, 'listedBy'> {}

export type EcsTable<Row extends object & { tags?: Tag[] }> = Table<Row, EcsKind<Row>>;

/** Makes the table of a kind from its declaration. */
export function resource<Row extends object & { tags?: Tag[] }>(
  declaration: Declaration<Row>,
): EcsTable<Row> {
  const { listedBy, ...kind } = declaration;
  return new Table<Row, EcsKind<Row>>({ ...kind, lag: { listedBy } });
}
