/** Selects the tables whose kinds lag: all of them, or only those that a call lists. */
import type { Region } from '../world/region.ts';
import { storesOf, tablesOf, type Store } from '../world/stores.ts';
import type { Table } from '../world/table.ts';

const hasLag = ({ kind }: Table<object>): boolean => kind.lag !== 'none';

/** Returns all tables of a region that lag. */
export const laggingTables = (region: Region): Table<object>[] => tablesOf(storesOf(region)).filter(hasLag);

const storeOf = (region: Region, service: string): Store => storesOf(region)[service] ?? {};

/**
 * Whether the operations of a service accept IDs of kinds that lag. Application Auto Scaling does, because it accepts the
 * IDs of ECS services.
 */
export const acceptsLaggingIds = (region: Region, service: string): boolean =>
  service === 'autoscaling' || Object.values(storeOf(region, service)).some(hasLag);

/**
 * Returns the tables that a call lists and whose lists may be stale. The result is empty when the call names resources by
 * ID, ARN or name: AWS enforces unique names, so reads by name are consistent.
 */
export function listedTables(
  region: Region,
  service: string,
  operation: string,
  input: object,
): Table<object>[] {
  if (Object.values(input).some(isListOfNames)) return [];
  return Object.values(storeOf(region, service)).filter(
    ({ kind: { lag } }) => lag !== 'none' && lag.listedBy.includes(operation),
  );
}

const isListOfNames = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
