// Tags of the sandbox's hosted zones, through the SDK's client.
import {
  ChangeTagsForResourceCommand,
  ListTagsForResourceCommand,
  ListTagsForResourcesCommand,
  type TagResourceType,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { zoneScene } from './scene.ts';

async function tagScene() {
  const started = await zoneScene();
  const { route53, zoneId } = started;
  const change = (changes: object, ResourceId = zoneId, ResourceType: TagResourceType = 'hostedzone') =>
    route53.send(new ChangeTagsForResourceCommand({ ResourceType, ResourceId, ...changes }));
  const tags = async (ResourceId = zoneId) =>
    (await route53.send(new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId })))
      .ResourceTagSet;
  return { ...started, change, tags };
}

const tag = (Key: string, Value = '1') => ({ Key, Value });

test('the tags of an existing zone can be added, replaced and removed', async () => {
  const { change, tags, zoneId } = await tagScene();
  const tagSet = (...Tags: object[]) => ({ ResourceType: 'hostedzone', ResourceId: zoneId, Tags });
  expect(await tags()).toEqual(tagSet());
  await change({ AddTags: [tag('a'), tag('b')] });
  await change({ AddTags: [tag('b', '2'), tag('c')], RemoveTagKeys: ['a', 'none'] });
  expect(await tags()).toEqual(tagSet(tag('b', '2'), tag('c')));
});

test('one call can list the tags of several zones, and fails if any zone is unknown', async () => {
  const { addZone, change, route53, zoneId } = await tagScene();
  const other = await addZone('example.org');
  await change({ AddTags: [tag('a')] }, other);
  const list = (ResourceIds: string[]) =>
    route53.send(new ListTagsForResourcesCommand({ ResourceType: 'hostedzone', ResourceIds }));
  const { ResourceTagSets } = await list([zoneId, other]);
  expect(ResourceTagSets).toEqual([
    { ResourceType: 'hostedzone', ResourceId: zoneId, Tags: [] },
    { ResourceType: 'hostedzone', ResourceId: other, Tags: [tag('a')] },
  ]);
  expect(await refusalOf(list([zoneId, 'Z0']))).toMatchObject({ code: 'NoSuchHostedZone' });
  expect(await refusalOf(list(Array<string>(11).fill(zoneId)))).toMatchObject({ code: 'InvalidInput' });
});

test('invalid tags, zones and resource types are refused by the tag calls', async () => {
  const { change, tags } = await tagScene();
  const eleven = Array.from({ length: 11 }, (_, i) => tag(`k${i}`));
  expect(await refusalOf(change({}))).toMatchObject({ code: 'InvalidInput' });
  expect(await refusalOf(change({ AddTags: eleven }))).toMatchObject({ code: 'InvalidInput' });
  expect(await refusalOf(change({ AddTags: [tag('aws:a')] }))).toMatchObject({ code: 'InvalidInput' });
  for (let i = 0; i < 5; i++) {
    await change({ AddTags: Array.from({ length: 10 }, (_, j) => tag(`k${i}${j}`)) });
  }
  expect(await refusalOf(change({ AddTags: [tag('more')] }))).toMatchObject({ code: 'InvalidInput' });
  expect(await refusalOf(tags('Z0'))).toMatchObject({ code: 'NoSuchHostedZone' });
  expect(await refusalOf(change({ AddTags: [tag('a')] }, 'abc', 'healthcheck'))).toMatchObject({
    code: 'NoSuchHealthCheck',
  });
  expect(await refusalOf(change({ AddTags: [tag('a')] }, 'abc', 'moon' as 'hostedzone'))).toMatchObject({
    code: 'InvalidInput',
  });
});
