// The tags that make a thing ours, in every spelling.
import { describe, expect, test } from '@jest/globals';
import {
  toCamelCaseTags,
  readTags,
  tagFields,
  tagsOf,
  toPascalCaseTags,
} from '../../../../lib/derive/tags.ts';

const user = { tags: { team: 'shop', costs: '4711' } };

test("a thing carries the user's tags, a name for the console, and its address", () => {
  expect(tagsOf(user, 'shop-dev', 'subnets', 'public-1')).toEqual({
    team: 'shop',
    costs: '4711',
    Name: 'shop-dev-subnets.public-1',
    'slipway:stack': 'shop-dev',
    'slipway:step': 'subnets',
    'slipway:key': 'public-1',
  });
});

test('the one thing of a noun has an empty key', () => {
  expect(tagsOf({ tags: {} }, 'shop-dev', 'vpc', '')).toMatchObject({
    Name: 'shop-dev-vpc',
    'slipway:key': '',
  });
});

test("no tag of the user's takes the place of one that makes a thing ours", () => {
  const tags = { Name: 'mine', 'slipway:stack': 'other', 'slipway:step': 'x', 'slipway:key': 'y' };
  expect(tagsOf({ tags }, 'shop-dev', 'vpc', '')).toEqual(tagsOf({ tags: {} }, 'shop-dev', 'vpc', ''));
});

describe('tags are written and read', () => {
  const tags = tagsOf(user, 'shop-dev', 'vpc', '');

  test('as EC2 spells them', () => {
    expect(toPascalCaseTags({ a: '1' })).toEqual([{ Key: 'a', Value: '1' }]);
    expect(readTags(toPascalCaseTags(tags))).toEqual(tags);
  });

  test('as ECS spells them', () => {
    expect(toCamelCaseTags({ a: '1' })).toEqual([{ key: 'a', value: '1' }]);
    expect(readTags(toCamelCaseTags(tags))).toEqual(tags);
  });

  test('where there are none, or one without a value', () => {
    expect(readTags(undefined)).toEqual({});
    expect(readTags([{ Key: 'a' }])).toEqual({ a: '' });
  });
});

test('tags are compared as fields of their own', () => {
  expect(tagFields({ Name: 'x', team: 'shop' })).toEqual({ 'tag.Name': 'x', 'tag.team': 'shop' });
});
