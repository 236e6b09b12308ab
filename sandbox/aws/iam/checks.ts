/** The checks of IAM requests: names, paths, descriptions, durations and pages. */
import { pageOf, type PageRules } from '../paging.ts';
import { invalidValue, validationError } from './errors.ts';

const NAME = /^[\w+=,.@-]+$/;
const PATH = /^\/([\u0021-\u007e]+\/)?$/;
const DESCRIPTION = /^[\t\n\r\u0020-\u007e\u00a1-\u00ff]*$/;

/** Checks the length of a string. The refusal is in the wording of the API's model. */
export function checkLength(text: string, member: string, max: number, min = 0): string {
  if (text.length < min) {
    throw invalidValue(text, member, `Member must have length greater than or equal to ${min}`);
  }
  if (text.length > max) {
    throw invalidValue(text, member, `Member must have length less than or equal to ${max}`);
  }
  return text;
}

/** @param member the name of the member in AWS's message: `roleName` or `policyName` */
export function checkName(name: string | undefined, member: string, max: number): string {
  const given = checkLength(name ?? '', member, max, 1);
  if (NAME.test(given)) return given;
  throw validationError(
    `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
  );
}

/** A role name has at most 64 characters. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const checkRoleName = (name: string | undefined): string => checkName(name, 'roleName', 64);

export function checkPath(path: string | undefined): string {
  const given = checkLength(path ?? '/', 'path', 512, 1);
  if (PATH.test(given)) return given;
  throw validationError(
    'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  );
}

export function checkDescription(description: string | undefined): string | undefined {
  if (description === undefined) return undefined;
  checkLength(description, 'description', 1000);
  if (DESCRIPTION.test(description)) return description;
  throw invalidValue(
    description,
    'description',
    'Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*',
  );
}

/** @param seconds from one hour to twelve hours; one hour by default */
export function checkSessionDuration(seconds = 3600): number {
  const [min, max] = [3600, 43200];
  const member = 'maxSessionDuration';
  if (seconds < min) {
    throw invalidValue(seconds, member, `Member must have value greater than or equal to ${min}`);
  }
  if (seconds > max) {
    throw invalidValue(seconds, member, `Member must have value less than or equal to ${max}`);
  }
  return seconds;
}

const PAGES: PageRules = {
  defaultSize: 100,
  minSize: 1,
  maxSize: 1000,
  invalidSize: (size) => invalidValue(size, 'maxItems', 'Member must have value between 1 and 1000'),
  invalidToken: () => validationError('Invalid Marker.'),
};

/** Returns a page of a list with the members of IAM's responses. It has 100 rows by default, and at most 1000. */
export function page<Row>(
  all: readonly Row[],
  { MaxItems, Marker }: { MaxItems?: number; Marker?: string },
): { rows: Row[]; IsTruncated: boolean; Marker: string | undefined } {
  const { rows, next } = pageOf(all, MaxItems, Marker, PAGES);
  return { rows, IsTruncated: next !== undefined, Marker: next };
}

/**
 * URL-encodes a document (RFC 3986), as IAM does in its responses.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
export const urlEncoded = (document: string): string =>
  encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
