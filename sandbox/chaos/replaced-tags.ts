/** Finds the tags that a call replaces, because EC2 filters use the old tags for a while. */
import type { Table } from '../world/table.ts';
import type { OldTags } from './recent-changes.ts';
import { laggingTables } from './lagging-tables.ts';
import type { DecodedCall } from './views.ts';

const TAG_OPERATIONS: readonly string[] = ['CreateTags', 'DeleteTags'];

/** Returns the rows whose tags a call changes, with their tags before the call. */
export function replacedTags({
  service,
  operation,
  input,
  region,
}: DecodedCall): [Table<object>, string, OldTags['tags']][] {
  if (service !== 'ec2' || !TAG_OPERATIONS.includes(operation)) return [];
  const ids = (input['Resources'] ?? []) as readonly string[];
  return laggingTables(region).flatMap((table) =>
    ids.flatMap((id) => {
      const row = table.get(id) as OldTags['tags'] | undefined;
      // A network interface keeps its tags in `TagSet`.
      const { Tags, TagSet } = row ?? {};
      return row
        ? [[table, id, TagSet ? { TagSet } : { Tags }] as [Table<object>, string, OldTags['tags']]]
        : [];
    }),
  );
}
