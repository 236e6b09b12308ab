// The text that the sandbox's Route 53 normalizes, and the ids that it refuses, through the SDK's client.
import {
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListTagsForResourceCommand,
  ListTagsForResourcesCommand,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { alias, batchOf, record, zoneScene } from './scene.ts';

test.each([
  ['*.App.example.com', '\\052.app.example.com.'],
  ['\\052.APP.example.com.', '\\052.app.example.com.'],
  ['\\101b_-.example.com', 'ab_-.example.com.'],
  ['a\\056b.example.com', 'a\\056b.example.com.'],
  ['a@b.example.com', 'a\\100b.example.com.'],
  ['\\303\\244.example.com', '\\303\\244.example.com.'],
])('the name %s is returned as %s', async (given, returned) => {
  const { change, records } = await zoneScene();
  await change(batchOf('CREATE', record(given, 'A', ['192.0.2.1'])));
  expect((await records()).map(({ Name }) => Name)).toEqual([returned]);
  await change(batchOf('DELETE', record(returned, 'A', ['192.0.2.1'])));
  expect(await records()).toEqual([]);
});

test('values are returned as given', async () => {
  const { change, records } = await zoneScene();
  const given = [
    record('a.example.com.', 'TXT', ['"Mixed \\101 \\"quoted\\""   "second"']),
    record('b.example.com.', 'CNAME', ['Other.Example.org']),
    record('c.example.com.', 'AAAA', ['2001:0DB8::000A']),
  ];
  await change(batchOf('CREATE', ...given));
  expect(await records()).toEqual(given);
});

test('an IPv6 address in another spelling is the same value, and Route 53 keeps the first spelling', async () => {
  const { change, records } = await zoneScene();
  const first = record('v6.example.com.', 'AAAA', ['2001:0DB8::000A']);
  const other = record('v6.example.com.', 'AAAA', ['2001:db8::a']);
  await change(batchOf('CREATE', first));
  await change(batchOf('UPSERT', other));
  expect(await records()).toEqual([first]);
  await change(batchOf('UPSERT', { ...other, TTL: 300 }));
  expect(await records()).toEqual([{ ...other, TTL: 300 }]);
  await change(batchOf('DELETE', { ...first, TTL: 300 }));
  expect(await records()).toEqual([]);
});

test('the calls for tags refuse the prefix /hostedzone/ of a zone id, and other calls accept it', async () => {
  const { route53, zoneId } = await zoneScene();
  const prefixed = `/hostedzone/${zoneId}`;
  await route53.send(new GetHostedZoneCommand({ Id: prefixed }));
  const AddTags = [{ Key: 'a', Value: '1' }];
  const change = (ResourceId: string) =>
    route53.send(new ChangeTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId, AddTags }));
  const tooLong = {
    code: 'InvalidInput',
    message: `1 validation error detected: Value '${prefixed}' at 'resourceId' failed to satisfy constraint: Member must have length less than or equal to 32`,
  };
  expect(await refusalOf(change(prefixed))).toEqual(tooLong);
  const list = (ResourceId: string) =>
    route53.send(new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId }));
  expect(await refusalOf(list(prefixed))).toEqual(tooLong);
  const listSeveral = new ListTagsForResourcesCommand({
    ResourceType: 'hostedzone',
    ResourceIds: [zoneId, prefixed],
  });
  expect(await refusalOf(route53.send(listSeveral))).toEqual(tooLong);
  const truncatedId = prefixed.slice(0, 32);
  const noZone = { code: 'NoSuchHostedZone', message: `No hosted zone found with ID: ${truncatedId}` };
  expect(await refusalOf(change(truncatedId))).toEqual(noZone);
  expect(await refusalOf(list(truncatedId))).toEqual(noZone);
  await change(zoneId);
  expect((await list(zoneId)).ResourceTagSet?.Tags).toEqual(AddTags);
});

test('ids and comments that are too long are refused as such; other unknown ids are not found', async () => {
  const { change, route53, zoneId } = await zoneScene();
  const long = `Z${'0'.repeat(32)}`;
  const modelRefusal = (member: string, max: number, value = long) => ({
    code: 'InvalidInput',
    message: `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${max}`,
  });
  expect(await refusalOf(route53.send(new GetHostedZoneCommand({ Id: long })))).toEqual(
    modelRefusal('id', 32),
  );
  const www = record('www.example.com', 'A', ['192.0.2.1']);
  expect(await refusalOf(change(batchOf('CREATE', www), long))).toEqual(modelRefusal('hostedZoneId', 32));
  const longChange = `C${'0'.repeat(6500)}`;
  expect(await refusalOf(route53.send(new GetChangeCommand({ Id: longChange })))).toEqual(
    modelRefusal('id', 6500, longChange),
  );
  expect(await refusalOf(route53.send(new GetHostedZoneCommand({ Id: 'not a zone' })))).toEqual({
    code: 'NoSuchHostedZone',
    message: 'No hosted zone found with ID: not a zone',
  });
  const xmlRefusal = (value: string, max: number, type: string) => ({
    code: 'InvalidInput',
    message: `Invalid XML ; cvc-maxLength-valid: Value '${value}' with length = '${value.length}' is not facet-valid with respect to maxLength '${max}' for type '${type}'.`,
  });
  const name = 'papito-backoffice-elb-elb-233329122.eu-west-1.elb.amazonaws.com';
  expect(await refusalOf(change(batchOf('CREATE', alias('www.example.com', name, 'Z1'))))).toEqual(
    xmlRefusal(name, 32, 'ResourceId'),
  );
  const Comment = 'c'.repeat(257);
  const withComment = new ChangeResourceRecordSetsCommand({
    HostedZoneId: zoneId,
    ChangeBatch: { Comment, Changes: batchOf('CREATE', www) },
  });
  expect(await refusalOf(route53.send(withComment))).toEqual(xmlRefusal(Comment, 256, 'ResourceDescription'));
});
