/** Checks image tags and digests, which AWS's model does not. Also finds a request's repository, and divides lists into pages. */
import type * as z from 'zod';
import type { Region } from '../../world/region.ts';
import { pageOf, type Page, type PageRules } from '../paging.ts';
import { invalidParameter, repositoryNotFound, type RepositoryIdentity } from './errors.ts';
import type { RepositoryRow } from './store.ts';

const IMAGE_TAG = '[a-zA-Z0-9-_.]+';
const DIGEST = /^sha256:[0-9a-f]{64}$/;

export const isDigest = (text: string): boolean => DIGEST.test(text);

/** Checks the characters of a tag. AWS's model allows any character. */
export function checkImageTag(tag: string): string {
  if (!new RegExp(`^${IMAGE_TAG}$`).test(tag)) {
    throw invalidParameter('imageTag', `must satisfy regular expression '${IMAGE_TAG}'`);
  }
  return tag;
}

/**
 * Returns the repository that a request names. In the sandbox, the registries of other accounts are empty.
 * @throws RepositoryNotFoundException
 */
export function requestedRepository(
  region: Region,
  request: { registryId?: string; repositoryName: string | undefined },
): RepositoryRow {
  const { registryId = region.account, repositoryName = '' } = request;
  const row = registryId === region.account ? region.ecr.repositories.get(repositoryName) : undefined;
  if (!row) throw repositoryNotFound({ repositoryName, registryId });
  return row;
}

/** Returns the registry id and the name of a repository. Nearly all of ECR's responses contain them. */
export const identityOf = ({ registryId, repositoryName }: RepositoryRow): RepositoryIdentity => ({
  registryId,
  repositoryName,
});

const PAGE_RULES: PageRules = {
  defaultSize: 100,
  invalidToken: () => invalidParameter('nextToken', 'Invalid token'),
};

/** Returns a page of a list, with 100 rows by default. */
export const page = <Row>(
  rows: readonly Row[],
  maxResults: number | undefined,
  token: string | undefined,
): Page<Row> => pageOf(rows, maxResults, token, PAGE_RULES);

const MAX_ISSUES = 10;

/** Returns the first issues that a schema found, on one line. */
export const issuesOf = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => `${path.join('.') || 'document'}: ${message}`)
    .join('; ');
