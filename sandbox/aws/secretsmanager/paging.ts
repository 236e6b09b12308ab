/** Pages of the lists of Secrets Manager. */
import { pageOf, type Page, type PageRules } from '../paging.ts';
import { invalidSecretParameter } from './errors.ts';

const PAGES: PageRules = {
  defaultSize: 100,
  invalidToken: () => invalidSecretParameter('Invalid NextToken.'),
};

export const secretsPage = <Row>(
  rows: Row[],
  size: number | undefined,
  token: string | undefined,
): Page<Row> => pageOf(rows, size, token, PAGES);
