/** What one call sees of the world when AWS lags: some new things not yet, some that are gone still. */
import { isMutating } from '../server/journal.ts';
import type { Region } from '../world/region.ts';
import type { Table } from '../world/table.ts';
import { isBehind } from './visibility.ts';
import { listedTables, takesLaggingIds } from './lagging-tables.ts';
import { mentionsIn } from './mentions.ts';
import type { Change, News } from './recent-changes.ts';

/** A call that was read, and has not been carried out. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: Region;
}

/** The lags as the clock measures them, in milliseconds, and how to draw for one thing and one operation. */
export interface Lags {
  readonly now: number;
  readonly ids: number;
  readonly lists: number;
  readonly draw: (id: string, purpose: string) => number;
}

/** Taking a thing away is asked of whoever keeps it, and that one knows it: such calls see what there is. */
const REMOVES = /^(Delete|Release|Deregister|Stop)/;

type Seen = Map<string, object | undefined>;
interface Overlay {
  readonly byId: Seen;
  readonly inLists: Seen;
}

/** The views of the tables that a call does not see as they are. */
export function viewsOf(call: Call, news: News, lags: Lags): Map<Table<object>, Overlay> {
  const views = new Map<Table<object>, Overlay>();
  const viewOf = (table: Table<object>): Overlay => {
    const view = views.get(table) ?? { byId: new Map(), inLists: new Map() };
    views.set(table, view);
    return view;
  };
  for (const change of named(call, news)) {
    if (isLate(change, lags.ids, lags, `id ${call.operation}`))
      viewOf(change.table).byId.set(...before(change));
  }
  const listed = listedTables(call.region, call.service, call.operation, call.input);
  for (const { table, id, at, tags } of news.oldTags(listed)) {
    const row = table.get(id);
    if (row && isLate({ id, at }, lags.lists, lags, `tags ${call.operation}`)) {
      viewOf(table).inLists.set(id, { ...row, ...tags });
    }
  }
  for (const change of news.changes(listed)) {
    if (isLate(change, lags.lists, lags, `list ${call.operation}`))
      viewOf(change.table).inLists.set(...before(change));
  }
  return views;
}

/** What was there in the place of a change. */
const before = ({ id, what, row }: Change): [string, object | undefined] => [
  id,
  what === 'went' ? row : undefined,
];

/**
 * The news that a call asks for by id. Only who reads can still find what is gone. Other services do not look a role up,
 * they learn of it from IAM, which takes a lag of its own.
 */
function named({ service, operation, input, region }: Call, news: News): Change[] {
  if (!takesLaggingIds(service) || REMOVES.test(operation)) return [];
  return mentionsIn(service, operation, input)
    .flatMap(({ text, short }) => news.named(text).filter(({ id }) => short || id === text))
    .filter(({ table }) => (table === region.iam.roles) === (service === 'iam'))
    .filter(({ what }) => what === 'came' || !isMutating(operation));
}

const isLate = (
  { id, at }: { id: string; at: number },
  lag: number,
  { now, draw }: Lags,
  purpose: string,
): boolean => isBehind(lag, now - at, (what) => draw(id, `${purpose} ${what}`));
