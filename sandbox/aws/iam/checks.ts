/** The pages of lists, and the checks of names and paths. The wording of their refusals differs from IAM's other refusals. */
import { pageOf, type PageRules } from '../paging.ts';
import { validationError } from './errors.ts';

const NAME = /^[\w+=,.@-]+$/;
const PATH = /^\/([\u0021-\u007e]+\/)?$/;

/** @param member the name of the member in AWS's message: `roleName` or `policyName` */
export function checkName(name: string | undefined, member: string): string {
  if (name !== undefined && NAME.test(name)) return name;
  throw validationError(
    `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
  );
}

export const checkRoleName = (name: string | undefined): string => checkName(name, 'roleName');

export function checkPath(path = '/'): string {
  if (PATH.test(path)) return path;
  throw validationError(
    'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  );
}

const PAGE_RULES: PageRules = {
  defaultSize: 100,
  invalidToken: () => validationError('Invalid Marker.'),
};

/** Returns a page of a list in the form of IAM's responses, with 100 rows by default. */
export function page<Row>(
  all: readonly Row[],
  { MaxItems, Marker }: { MaxItems?: number; Marker?: string },
): { rows: Row[]; IsTruncated: boolean; Marker: string | undefined } {
  const { rows, next } = pageOf(all, MaxItems, Marker, PAGE_RULES);
  return { rows, IsTruncated: next !== undefined, Marker: next };
}

/**
 * URL-encodes a document (RFC 3986), as IAM does in its responses.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
export const urlEncode = (document: string): string =>
  encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
