/** The checks of CloudWatch Logs that AWS's API model lacks: reserved names, page tokens and reserved tags. */
import { pageOf, type Page, type PageRules } from '../paging.ts';
import { invalidParameter } from './errors.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export function checkGroupName(name = ''): string {
  if (name.startsWith('aws/')) throw invalidParameter("Log group names can't start with the string aws/");
  return name;
}

export const invalidToken = () => invalidParameter('The specified nextToken is invalid.');

const PAGE_RULES: PageRules = {
  defaultSize: 50,
  invalidToken,
};

/** Returns a page of a describe call. The default and the maximum size of a page are 50 rows. */
export const page = <Row>(rows: Row[], limit: number | undefined, token: string | undefined): Page<Row> =>
  pageOf(rows, limit, token, PAGE_RULES);

/** Compares names by character code, so that capitals come first, as in AWS's lists. */
export const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export type TagRecord = Record<string, string>;

/** Returns the checked tags of a request. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export function checkTags(tags: TagRecord | undefined): TagRecord {
  Object.keys(tags ?? {}).forEach(checkTag);
  return { ...tags };
}

/** @throws InvalidParameterException for a key that is reserved for AWS */
export function checkTag(key: string): void {
  if (key.startsWith('aws:')) throw invalidParameter(`The tag key '${key}' is not valid`);
}
