/** The checks of CloudWatch Logs requests: names, limits, page tokens and tags. */
import type { Refusal } from '../../protocol/refusal.ts';
import { pageOf, type Page, type PageRules } from '../paging.ts';
import { invalidParameter, invalidValue } from './errors.ts';

const GROUP_NAME = /^[.\-_/#A-Za-z0-9]+$/;
const STREAM_NAME = /^[^:*]+$/;
const MAX_NAME_LENGTH = 512;

function checkName(name: string | undefined, member: string, pattern: RegExp): string {
  const given = name ?? '';
  if (given === '') throw invalidValue(given, member, 'Member must have length greater than or equal to 1');
  if (given.length > MAX_NAME_LENGTH) {
    throw invalidValue(given, member, `Member must have length less than or equal to ${MAX_NAME_LENGTH}`);
  }
  if (!pattern.test(given)) {
    throw invalidValue(
      given,
      member,
      `Member must satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`,
    );
  }
  return given;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export function checkGroupName(name: string | undefined): string {
  const given = checkName(name, 'logGroupName', GROUP_NAME);
  if (given.startsWith('aws/')) throw invalidParameter("Log group names can't start with the string aws/");
  return given;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html */
export const checkStreamName = (name: string | undefined): string =>
  checkName(name, 'logStreamName', STREAM_NAME);

const invalidLimit = (limit: number, max: number): Refusal =>
  invalidValue(
    String(limit),
    'limit',
    limit < 1
      ? 'Member must have value greater than or equal to 1'
      : `Member must have value less than or equal to ${max}`,
  );

/** Returns the page size that a request asks for. @throws InvalidParameterException unless it is from 1 to `max` */
export function checkLimit(limit: number | undefined, max: number): number {
  const given = limit ?? max;
  if (given < 1 || given > max) throw invalidLimit(given, max);
  return given;
}

export const invalidToken = () => invalidParameter('The specified nextToken is invalid.');

const PAGES: PageRules = {
  defaultSize: 50,
  minSize: 1,
  maxSize: 50,
  invalidSize: (size) => invalidLimit(size, 50),
  invalidToken,
};

/** Returns a page of a describe call. It has 50 rows by default, which is also the maximum. */
export const page = <Row>(rows: Row[], limit: number | undefined, token: string | undefined): Page<Row> =>
  pageOf(rows, limit, token, PAGES);

/** Compares names by character code, so that capitals come first, as in AWS's lists. */
export const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export type TagRecord = Record<string, string>;

const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/** Returns the checked tags of a request. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export function checkTags(tags: TagRecord | undefined): TagRecord {
  for (const [key, value] of Object.entries(tags ?? {})) checkTag(key, value);
  return { ...tags };
}

/** @throws InvalidParameterException */
export function checkTag(key: string, value: string): void {
  if (!TAG_KEY.test(key) || key.startsWith('aws:')) {
    throw invalidParameter(`The tag key '${key}' is not valid`);
  }
  if (!TAG_VALUE.test(value)) throw invalidParameter(`The value of the tag '${key}' is not valid`);
}
