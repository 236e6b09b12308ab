// The tags that mark a resource as ours, in the format of each AWS service.
import { describe, expect, test } from '@jest/globals';
import {
  toCamelCaseTags,
  readTags,
  tagFields,
  tagsOf,
  toPascalCaseTags,
} from '../../../../lib/derive/tags.ts';

const user = { tags: { team: 'shop', costs: '4711' } };

test("a resource has the user's tags, a name for the console, and its address", () => {
  expect(tagsOf(user, 'shop-dev', 'subnets', 'public-1')).toEqual({
    team: 'shop',
    costs: '4711',
    Name: 'shop-dev-subnets.public-1',
    'slipway:stack': 'shop-dev',
    'slipway:step': 'subnets',
    'slipway:key': 'public-1',
  });
});

test('the only resource of a noun has an empty key', () => {
  expect(tagsOf({ tags: {} }, 'shop-dev', 'vpc', '')).toMatchObject({
    Name: 'shop-dev-vpc',
    'slipway:key': '',
  });
});

test("the user's tags never override the tags that mark a resource as ours", () => {
  const tags = { Name: 'mine', 'slipway:stack': 'other', 'slipway:step': 'x', 'slipway:key': 'y' };
  expect(tagsOf({ tags }, 'shop-dev', 'vpc', '')).toEqual(tagsOf({ tags: {} }, 'shop-dev', 'vpc', ''));
});

describe('tags are written and read', () => {
  const tags = tagsOf(user, 'shop-dev', 'vpc', '');

  test('in the format of EC2', () => {
    expect(toPascalCaseTags({ a: '1' })).toEqual([{ Key: 'a', Value: '1' }]);
    expect(readTags(toPascalCaseTags(tags))).toEqual(tags);
  });

  test('in the format of ECS', () => {
    expect(toCamelCaseTags({ a: '1' })).toEqual([{ key: 'a', value: '1' }]);
    expect(readTags(toCamelCaseTags(tags))).toEqual(tags);
  });

  test('even if there are no tags, or a tag has no value', () => {
    expect(readTags(undefined)).toEqual({});
    expect(readTags([{ Key: 'a' }])).toEqual({ a: '' });
  });
});

test('each tag is compared as a separate field', () => {
  expect(tagFields({ Name: 'x', team: 'shop' })).toEqual({ 'tag.Name': 'x', 'tag.team': 'shop' });
});
