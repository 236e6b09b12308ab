/** Builds the world as one call sees it while AWS lags: some new rows are hidden, and some deleted rows are still visible. */
import { isMutating } from '../server/journal.ts';
import type { Region } from '../world/region.ts';
import type { Table } from '../world/table.ts';
import { isChangeHidden } from './visibility.ts';
import { listedTables, acceptsLaggingIds } from './lagging-tables.ts';
import { mentionsIn } from './mentions.ts';
import type { RowChange, RecentChanges } from './recent-changes.ts';

/** A decoded call that has not run yet. */
export interface DecodedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: Region;
}

/** The settings that determine which changes a call sees. The lags are milliseconds of the clock. */
export interface LagSettings {
  /** The time of the call, in milliseconds since 1970. */
  readonly now: number;
  readonly idLagMs: number;
  readonly listLagMs: number;
  /** Returns a number in [0, 1) that depends on a resource and a purpose. */
  readonly random: (id: string, purpose: string) => number;
}

/** Matches operations that remove resources. These operations see the actual rows: a service knows its own resources. */
const REMOVAL = /^(Delete|Release|Deregister|Stop)/;

type RowOverrides = Map<string, object | undefined>;
interface WritableView {
  readonly byId: RowOverrides;
  readonly inLists: RowOverrides;
}

/** Returns a view for each table that the call does not see in its actual state. */
export function viewsOf(
  call: DecodedCall,
  recent: RecentChanges,
  lagSettings: LagSettings,
): Map<Table<object>, WritableView> {
  const views = new Map<Table<object>, WritableView>();
  const viewOf = (table: Table<object>): WritableView => {
    const view = views.get(table) ?? { byId: new Map(), inLists: new Map() };
    views.set(table, view);
    return view;
  };
  for (const change of mentionedChanges(call, recent)) {
    if (isHidden(change, lagSettings.idLagMs, lagSettings, `id ${call.operation}`))
      viewOf(change.table).byId.set(...rowBefore(change));
  }
  const listed = listedTables(call.region, call.service, call.operation, call.input);
  for (const { table, id, at, tags } of recent.oldTags(listed)) {
    const row = table.get(id);
    if (row && isHidden({ id, at }, lagSettings.listLagMs, lagSettings, `tags ${call.operation}`)) {
      viewOf(table).inLists.set(id, { ...row, ...tags });
    }
  }
  for (const change of recent.changes(listed)) {
    if (isHidden(change, lagSettings.listLagMs, lagSettings, `list ${call.operation}`))
      viewOf(change.table).inLists.set(...rowBefore(change));
  }
  return views;
}

/** Returns the ID of a changed row, and the row as it was before the change. */
const rowBefore = ({ id, event, row }: RowChange): [string, object | undefined] => [
  id,
  event === 'deleted' ? row : undefined,
];

/**
 * Returns the recent changes to the resources that a call names. Deletions are included for reads only. Roles and
 * policies are included for calls to IAM only: other services learn of roles with a separate lag (`iamLagMs`).
 */
function mentionedChanges(
  { service, operation, input, region }: DecodedCall,
  recent: RecentChanges,
): RowChange[] {
  if (!acceptsLaggingIds(region, service) || REMOVAL.test(operation)) return [];
  return mentionsIn(service, operation, input)
    .flatMap(({ text, mayBePartialArn }) =>
      recent.changesByName(text).filter(({ id }) => mayBePartialArn || id === text),
    )
    .filter(({ table }) => Object.values<object>(region.iam).includes(table) === (service === 'iam'))
    .filter(({ event }) => event === 'created' || !isMutating(operation));
}

/** Whether the call does not see a change yet. */
const isHidden = (
  { id, at }: { id: string; at: number },
  lag: number,
  { now, random }: LagSettings,
  purpose: string,
): boolean => isChangeHidden(lag, now - at, (what) => random(id, `${purpose} ${what}`));
