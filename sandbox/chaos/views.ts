/** The world as one call sees it while AWS lags: some new rows are hidden, some deleted ones are still visible. */
import { isMutating } from '../server/journal.ts';
import type { Region } from '../world/region.ts';
import type { Table } from '../world/table.ts';
import { isStale } from './visibility.ts';
import { listedTables, takesLaggingIds } from './lagging-tables.ts';
import { mentionsIn } from './mentions.ts';
import type { RowChange, RecentChanges } from './recent-changes.ts';

/** A call that was decoded and has not been carried out. */
export interface DecodedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: Region;
}

/** The lags in milliseconds of the clock, and the random numbers for one resource and one operation. */
export interface LagState {
  readonly now: number;
  readonly ids: number;
  readonly lists: number;
  readonly random: (id: string, purpose: string) => number;
}

/** Deletions are handled by the owner of the resource, which has no lag: these calls see the actual rows. */
const REMOVES = /^(Delete|Release|Deregister|Stop)/;

type RowOverrides = Map<string, object | undefined>;
interface Overlay {
  readonly byId: RowOverrides;
  readonly inLists: RowOverrides;
}

/** Returns the views of the tables that a call does not see as they are. */
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
      viewOf(change.table).byId.set(...before(change));
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
      viewOf(change.table).inLists.set(...before(change));
  }
  return views;
}

/** Returns the row as it was before a change. */
const before = ({ id, event, row }: RowChange): [string, object | undefined] => [
  id,
  event === 'deleted' ? row : undefined,
];

/**
 * Returns the recent changes that a call names by id. Only reads still find deleted rows. Other services do not look up
 * a role but learn of it from IAM, which has its own lag.
 */
function namedChanges(
  { service, operation, input, region }: DecodedCall,
  recent: RecentChanges,
): RowChange[] {
  if (!takesLaggingIds(region, service) || REMOVES.test(operation)) return [];
  return mentionsIn(service, operation, input)
    .flatMap(({ text, short }) => recent.named(text).filter(({ id }) => short || id === text))
    .filter(({ table }) => (table === region.iam.roles) === (service === 'iam'))
    .filter(({ event }) => event === 'created' || !isMutating(operation));
}

const isLate = (
  { id, at }: { id: string; at: number },
  lag: number,
  { now, random }: LagState,
  purpose: string,
): boolean => isStale(lag, now - at, (what) => random(id, `${purpose} ${what}`));
