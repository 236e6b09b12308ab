/** The census: the number of resources of each kind that the world holds. */
import { regionalStoresOf, type Stores } from './world/stores.ts';
import type { World } from './world/world.ts';

/** Counts by kind, e.g. `ec2.vpcs`; kinds without resources are omitted. */
export type Census = Record<string, number>;

/** Counts the resources of all regions. The `isInCensus` of each table's kind decides which rows count. */
export function census(world: World): Census {
  const counts: Census = {};
  const addCounts = (stores: Stores) => {
    for (const [service, tables] of Object.entries(stores)) {
      for (const [kind, table] of Object.entries(tables)) {
        const rowCount = table.filter((row) => table.kind.isInCensus(row)).length;
        const name = `${service}.${kind}`;
        if (rowCount > 0) counts[name] = (counts[name] ?? 0) + rowCount;
      }
    }
  };
  for (const region of world.regions()) addCounts(regionalStoresOf(region));
  for (const stores of world.globalStores()) addCounts(stores);
  return counts;
}
