/** Builds the world as one call sees it while AWS lags: some new rows are hidden, and some deleted rows are still visible. */
import { isMutating } from '../server/journal.ts';
import type { Region } from '../world/region.ts';
import type { Table } from '../world/table.ts';
import { isStale } from './visibility.ts';
import { listedTables, takesLaggingIds } from './lagging-tables.ts';
import { mentionsIn } from './mentions.ts';
import type { RowChange, RecentChanges } from './recent-changes.ts';

/** A decoded call that has not run yet. */
export interface DecodedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: Region;
}

/** The lags in milliseconds of the clock, and the source of random numbers. */
export interface LagState {
  readonly now: number;
  readonly ids: number;
  readonly lists: number;
  readonly random: (id: string, purpose: string) => number;
}

/** Removals see the actual rows: the service that owns a resource also removes it, and has no lag. */
const REMOVES = /^(Delete|Release|Deregister|Stop)/;

type RowOverrides = Map<string, object | undefined>;
interface Overlay {
  readonly byId: RowOverrides;
  readonly inLists: RowOverrides;
}

/** Returns a view for each table that the call does not see in its actual state. */
export function viewsOf(
  call: DecodedCall,
  recent: RecentChanges,
  lags: LagState,
): Map<Table<object>, Overlay> {
  const views = new Map<Table<object>, Overlay>();
  const viewOf = (table: Table<object>): Overlay => {
    const view = views.get(table) ?? { byId: new Map(), inLists: new Map() };
    views.set(table, view);
    return view;
  };
  for (const change of namedChanges(call, recent)) {
    if (isLate(change, lags.ids, lags, `id ${call.operation}`))
      viewOf(change.table).byId.set(...stateBefore(change));
  }
  const listed = listedTables(call.region, call.service, call.operation, call.input);
  for (const { table, id, at, tags } of recent.oldTags(listed)) {
    const row = table.get(id);
    if (row && isLate({ id, at }, lags.lists, lags, `tags ${call.operation}`)) {
      viewOf(table).inLists.set(id, { ...row, ...tags });
    }
  }
  for (const change of recent.changes(listed)) {
    if (isLate(change, lags.lists, lags, `list ${call.operation}`))
      viewOf(change.table).inLists.set(...stateBefore(change));
  }
  return views;
}

/** Returns the ID of a changed row, and the row as it was before the change. */
const stateBefore = ({ id, event, row }: RowChange): [string, object | undefined] => [
  id,
  event === 'deleted' ? row : undefined,
];

/**
 * Returns the recent changes to the resources that a call names. Only reads still find deleted rows. Roles are included
 * for IAM's own calls only: other services learn of roles with a separate lag (`iamLagMs`).
 */
function namedChanges(
  { service, operation, input, region }: DecodedCall,
  recent: RecentChanges,
): RowChange[] {
  if (!takesLaggingIds(region, service) || REMOVES.test(operation)) return [];
  return mentionsIn(service, operation, input)
    .flatMap(({ text, mayBePartial }) =>
      recent.changesNamed(text).filter(({ id }) => mayBePartial || id === text),
    )
    .filter(({ table }) => (table === region.iam.roles) === (service === 'iam'))
    .filter(({ event }) => event === 'created' || !isMutating(operation));
}

const isLate = (
  { id, at }: { id: string; at: number },
  lag: number,
  { now, random }: LagState,
  purpose: string,
): boolean => isStale(lag, now - at, (what) => random(id, `${purpose} ${what}`));
