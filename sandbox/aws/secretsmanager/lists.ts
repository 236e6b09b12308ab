/** The list of secrets, with its filters. */
import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type { Filter } from '@aws-sdk/client-secrets-manager';
import type { Operations } from '../../operations.ts';
import { secretsPage } from './paging.ts';
import { secretView, stagesByVersion } from './secrets.ts';
import type { SecretRow } from './store.ts';

const namesOf = ({ name }: SecretRow) => [name];
const descriptionsOf = ({ description = '' }: SecretRow) => [description];
const tagKeysOf = ({ tags }: SecretRow) => tags.map(({ Key = '' }) => Key);
const tagValuesOf = ({ tags }: SecretRow) => tags.map(({ Value = '' }) => Value);

/** Returns the strings of a secret that a filter compares. A secret of the sandbox is in one region, and no service owns it. */
const READERS: Readonly<Record<string, (row: SecretRow) => string[]>> = {
  name: namesOf,
  description: descriptionsOf,
  'tag-key': tagKeysOf,
  'tag-value': tagValuesOf,
  'primary-region': () => [],
  'owning-service': () => [],
  all: (row) => [namesOf, descriptionsOf, tagKeysOf, tagValuesOf].flatMap((read) => read(row)),
};

/** A value matches the beginning of a string; the filter for all properties ignores the case. A value after `!` must not match. */
function meetsFilter(row: SecretRow, { Key = 'all', Values = [] }: Filter): boolean {
  const texts = READERS[Key]?.(row) ?? [];
  const matches = (value: string) =>
    texts.some((text) =>
      Key === 'all' || Key === 'description'
        ? text.toLowerCase().includes(value.toLowerCase())
        : text.startsWith(value),
    );
  return Values.some((value) => (value.startsWith('!') ? !matches(value.slice(1)) : matches(value)));
}

export const secretListOperations = {
  /** Secrets that are scheduled for deletion are listed on request. */
  ListSecrets: {
    inputMembers: ['IncludePlannedDeletion', 'MaxResults', 'NextToken', 'Filters', 'SortOrder', 'SortBy'],
    run(input, region) {
      const rows = region.secretsmanager.secrets.filter(
        (row) =>
          (input.IncludePlannedDeletion || row.deletedAt === undefined) &&
          (input.Filters ?? []).every((filter) => meetsFilter(row, filter)),
      );
      const sorted = rows.sort(comparisons[input.SortBy ?? 'created-date'] ?? comparisons['created-date']);
      if (input.SortOrder === 'desc') sorted.reverse();
      const { rows: shown, next } = secretsPage(sorted, input.MaxResults, input.NextToken);
      return {
        SecretList: shown.map((row) => ({
          ...secretView(row),
          SecretVersionsToStages: stagesByVersion(row),
        })),
        NextToken: next,
      };
    },
  },
} satisfies Operations<typeof SecretsManager>;

const time = (date: Date | undefined): number => date?.getTime() ?? 0;
const comparisons: Readonly<Record<string, (one: SecretRow, other: SecretRow) => number>> = {
  'created-date': (one, other) => time(one.createdAt) - time(other.createdAt),
  'last-changed-date': (one, other) => time(one.changedAt) - time(other.changedAt),
  'last-accessed-date': (one, other) => time(one.accessedAt) - time(other.accessedAt),
  name: (one, other) => (one.name < other.name ? -1 : 1),
};
