/** The list of a repository's tags at the registry endpoint, in pages. */
import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import { pathOf, type Exchange, type Responder } from './exchange.ts';

/** The maximum size of a page, which is also that of ListImages. */
const MAX_PAGE_SIZE = 1000;

/** Lists tags in alphabetical order. `n` is the size of a page, and `last` is the last tag of the previous page. */
export const listTags: Responder = async (exchange) => {
  const { request, repository } = exchange;
  const last = request.query.get('last') ?? '';
  const size = Math.min(Number(request.query.get('n') ?? MAX_PAGE_SIZE) || MAX_PAGE_SIZE, MAX_PAGE_SIZE);
  const following = (await allTags(exchange)).filter((tag) => tag > last);
  const tags = following.slice(0, size);
  const next = new URLSearchParams({ n: String(size), last: tags.at(-1) ?? '' });
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...(following.length > size && {
      link: `<${pathOf(exchange, 'tags/list')}?${next.toString()}>; rel="next"`,
    }),
  };
  return { status: 200, headers, body: JSON.stringify({ name: repository.repositoryName, tags }) };
};

async function allTags({ repository, call }: Exchange): Promise<string[]> {
  const tags: string[] = [];
  let nextToken: string | undefined;
  do {
    const filter = { tagStatus: 'TAGGED' as const };
    const page = await call('ListImages', { ...repository, filter, maxResults: MAX_PAGE_SIZE, nextToken });
    const ids: readonly ImageIdentifier[] = page.imageIds;
    for (const { imageTag } of ids) if (imageTag !== undefined) tags.push(imageTag);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return tags.sort();
}
