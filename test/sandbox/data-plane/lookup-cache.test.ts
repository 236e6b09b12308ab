/** The lookups that load balancers remember between two requests. */
import { describe, expect, jest, test } from '@jest/globals';
import { makeLookupCache } from '../../../sandbox/data-plane/lookup-cache.ts';

describe('a lookup', () => {
  test('is not repeated until it is too old', () => {
    let time = 0;
    const { get } = makeLookupCache(20, () => time);
    const lookUp = jest.fn(() => ({ port: 1 + time }));
    expect(get('a', lookUp)).toEqual({ port: 1 });
    time = 19;
    expect(get('a', lookUp)).toEqual({ port: 1 });
    time = 20;
    expect(get('a', lookUp)).toEqual({ port: 21 });
    expect(lookUp).toHaveBeenCalledTimes(2);
  });

  test('is repeated at once after the cache is cleared, and for another key', () => {
    const { get, clear } = makeLookupCache(20, () => 0);
    expect(get('a', () => [1])).toEqual([1]);
    expect(get('b', () => [2])).toEqual([2]);
    clear();
    expect(get('a', () => [3])).toEqual([3]);
  });

  test('that failed is repeated for each request', () => {
    const { get } = makeLookupCache(20, () => 0);
    expect(get<string | object>('a', () => 'refused')).toBe('refused');
    expect(get<string | object>('a', () => ({ port: 1 }))).toEqual({ port: 1 });
  });
});
