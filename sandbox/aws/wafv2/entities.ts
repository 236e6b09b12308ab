/** The common parts of web ACLs and IP sets: scopes, names, ARNs, lock tokens and lists. */
import type { Region } from '../../world/region.ts';
import type { Table } from '../../world/table.ts';
import { pageOf } from '../paging.ts';
import { duplicateItem, invalidParameter, itemNotFound, notImplemented, staleLockToken } from './errors.ts';
import type { EntityRow } from './store.ts';

/** @throws NotImplemented for web ACLs of CloudFront, which protect no load balancer */
export function checkScope(scope: string | undefined): void {
  if (scope === 'CLOUDFRONT') throw notImplemented('the scope CLOUDFRONT');
}

/** Returns the name, the id and the ARN of a new entity. @throws WAFDuplicateItemException if the name is taken */
export function newEntity(
  region: Region,
  table: Table<EntityRow>,
  kind: 'webacl' | 'ipset',
  { Name = '', Scope }: { readonly Name?: string | undefined; readonly Scope?: string | undefined },
): Pick<EntityRow, 'Name' | 'Id' | 'ARN' | 'lockToken'> {
  checkScope(Scope);
  if (table.find((row) => row.Name === Name)) throw duplicateItem();
  const Id = region.uuid();
  return {
    Name,
    Id,
    ARN: region.arn('wafv2', `regional/${kind}/${Name}/${Id}`),
    lockToken: region.uuid(),
  };
}

/** How a call names an entity. */
interface EntityInput {
  readonly Name?: string | undefined;
  readonly Id?: string | undefined;
  readonly Scope?: string | undefined;
  readonly ARN?: string | undefined;
}

/**
 * Returns the entity that a call names, by its ARN or by its name, id and scope.
 * @throws WAFInvalidParameterException if a part is missing, WAFNonexistentItemException if there is no such entity
 */
export function entityOf<Row extends EntityRow>(table: Table<Row>, input: EntityInput): Row {
  if (input.ARN === undefined && (!input.Name || !input.Id || !input.Scope))
    throw invalidParameter('You must specify Name, Scope and Id, or ARN', 'WEB_ACL', 'Name');
  checkScope(input.Scope);
  const row =
    input.ARN === undefined
      ? table.find(({ Name, Id }) => Name === input.Name && Id === input.Id)
      : table.get(input.ARN);
  if (!row) throw itemNotFound();
  return row;
}

/** Returns the entity that an update or a deletion names. @throws also WAFOptimisticLockException if it has changed since */
export function lockedEntityOf<Row extends EntityRow>(
  table: Table<Row>,
  input: EntityInput & { readonly LockToken?: string | undefined },
): Row {
  const row = entityOf(table, input);
  if (row.lockToken !== input.LockToken) throw staleLockToken();
  return row;
}

export const summaryOf = ({ Name, Id, ARN, Description = '', lockToken }: EntityRow) => ({
  Name,
  Id,
  ARN,
  Description,
  LockToken: lockToken,
});

const DEFAULT_PAGE_SIZE = 100;

/** Returns a page of summaries. WAF limits the page size to 100. */
export function pageOfSummaries(
  table: Table<EntityRow>,
  input: { readonly Scope?: string | undefined; readonly Limit?: number; readonly NextMarker?: string },
) {
  checkScope(input.Scope);
  const page = pageOf(table.all(), input.Limit, input.NextMarker, {
    defaultSize: DEFAULT_PAGE_SIZE,
    invalidToken: (token) => invalidParameter('The next marker is not valid', 'SCOPE_VALUE', token),
  });
  return { summaries: page.rows.map(summaryOf), NextMarker: page.next };
}
