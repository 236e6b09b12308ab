/** The checks of ECR requests: repository names, image tags and page sizes. */
import type * as z from 'zod';
import type { Region } from '../../world/region.ts';
import { pageOf, type Page, type PageRules } from '../paging.ts';
import { invalidParameter, repositoryNotFound, type RepositoryIdentity } from './errors.ts';
import type { RepositoryRow } from './store.ts';

const REPOSITORY_NAME = '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*';
const IMAGE_TAG = '[a-zA-Z0-9-_.]+';
const DIGEST = /^sha256:[0-9a-f]{64}$/;

export const isDigest = (text: string): boolean => DIGEST.test(text);

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
export function checkRepositoryName(name: string | undefined): string {
  const given = name ?? '';
  const member = 'repositoryName';
  if (given.length < 2) throw invalidParameter(member, 'Member must have length greater than or equal to 2');
  if (given.length > 256) throw invalidParameter(member, 'Member must have length less than or equal to 256');
  if (!new RegExp(`^${REPOSITORY_NAME}$`).test(given)) {
    throw invalidParameter(member, `must satisfy regular expression '${REPOSITORY_NAME}'`);
  }
  return given;
}

export function checkImageTag(tag: string): string {
  if (tag.length > 300)
    throw invalidParameter('imageTag', 'Member must have length less than or equal to 300');
  if (!new RegExp(`^${IMAGE_TAG}$`).test(tag)) {
    throw invalidParameter('imageTag', `must satisfy regular expression '${IMAGE_TAG}'`);
  }
  return tag;
}

/**
 * Returns the repository that a request names. In the sandbox, the registries of other accounts are empty.
 * @throws InvalidParameterException, RepositoryNotFoundException
 */
export function requestedRepository(
  region: Region,
  request: { registryId?: string; repositoryName: string | undefined },
): RepositoryRow {
  const { registryId = region.account } = request;
  const repositoryName = checkRepositoryName(request.repositoryName);
  const row = registryId === region.account ? region.ecr.repositories.get(repositoryName) : undefined;
  if (!row) throw repositoryNotFound({ repositoryName, registryId });
  return row;
}

/** Returns the registry id and the name of a repository. Nearly all of ECR's responses contain them. */
export const identityOf = ({ registryId, repositoryName }: RepositoryRow): RepositoryIdentity => ({
  registryId,
  repositoryName,
});

const PAGES: PageRules = {
  defaultSize: 100,
  minSize: 1,
  maxSize: 1000,
  invalidSize: () => invalidParameter('maxResults', 'Member must have value between 1 and 1000'),
  invalidToken: () => invalidParameter('nextToken', 'Invalid token'),
};

/** Returns a page of a list: 100 rows by default, 1000 at most. */
export const page = <Row>(
  rows: readonly Row[],
  maxResults: number | undefined,
  token: string | undefined,
): Page<Row> => pageOf(rows, maxResults, token, PAGES);

/** Returns the issues that a schema found, on one line. */
export const issuesOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.') || 'document'}: ${message}`).join('; ');
