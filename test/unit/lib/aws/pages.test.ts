// Reading paged lists.
import { expect, test } from '@jest/globals';
import { allPages } from '../../../../lib/aws/pages.ts';

/** Reads pages, and records the requested tokens. */
function reader(pages: Record<string, { items: string[]; next: string | undefined }>) {
  const requestedTokens: (string | undefined)[] = [];
  const all = allPages(async (token) => {
    requestedTokens.push(token);
    const page = pages[token ?? 'first'];
    if (!page) throw new Error(`there is no page ${token}`);
    return page;
  });
  return { all, requestedTokens };
}

test('a list of one page is read once', async () => {
  const { all, requestedTokens } = reader({ first: { items: ['a'], next: undefined } });
  await expect(all).resolves.toEqual(['a']);
  expect(requestedTokens).toEqual([undefined]);
});

test('a list is read to its end and in order, past empty pages', async () => {
  const { all, requestedTokens } = reader({
    first: { items: ['a', 'b'], next: '2' },
    2: { items: [], next: '3' },
    3: { items: ['c'], next: undefined },
  });
  await expect(all).resolves.toEqual(['a', 'b', 'c']);
  expect(requestedTokens).toEqual([undefined, '2', '3']);
});

test('an empty token also ends a list', async () => {
  await expect(reader({ first: { items: ['a'], next: '' } }).all).resolves.toEqual(['a']);
});

test('a failing page makes the whole list fail, since a partial list would look complete', async () => {
  await expect(reader({ first: { items: ['a'], next: '9' } }).all).rejects.toThrow('there is no page 9');
});
