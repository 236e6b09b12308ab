// Route 53 processes only one change of a hosted zone at a time.
import {
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  ListResourceRecordSetsCommand,
  UpdateHostedZoneCommentCommand,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { required } from '../aws/ec2/scene.ts';
import { resultOf, SECOND, sandboxInWeather } from './scene.ts';

/** Creates two zones, in weather where each change keeps its zone busy for two seconds by default. */
async function zoneScene(zoneBusyMs = 2 * SECOND) {
  const scene = await sandboxInWeather({ zoneBusyMs });
  const make = async (Name: string) => {
    const made = await scene.route53.send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
    return required(made.HostedZone?.Id?.replace('/hostedzone/', ''));
  };
  const change = (HostedZoneId: string, Name: string) =>
    scene.route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId,
        ChangeBatch: {
          Changes: [
            {
              Action: 'UPSERT',
              ResourceRecordSet: { Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] },
            },
          ],
        },
      }),
    );
  return { ...scene, zone: await make('one.com'), otherZone: await make('other.com'), change };
}

test('a second change to a busy zone is refused until the first one is complete', async () => {
  const { route53, zone, otherZone, change, clock } = await zoneScene();
  await change(zone, 'a.one.com');
  await expect(change(zone, 'b.one.com')).rejects.toMatchObject({
    name: 'PriorRequestNotComplete',
    message: 'The request was rejected because Route 53 was still processing a prior request.',
    $metadata: { httpStatusCode: 400 },
  });
  const AddTags = [{ Key: 'a', Value: 'b' }];
  const tag = { ResourceType: 'hostedzone', ResourceId: zone, AddTags } as const;
  expect(await resultOf(route53.send(new ChangeTagsForResourceCommand(tag)))).toBe('PriorRequestNotComplete');
  expect(await resultOf(route53.send(new UpdateHostedZoneCommentCommand({ Id: zone, Comment: 'x' })))).toBe(
    'PriorRequestNotComplete',
  );
  expect(await resultOf(route53.send(new DeleteHostedZoneCommand({ Id: zone })))).toBe(
    'PriorRequestNotComplete',
  );
  // Meanwhile, other zones can be changed, and this zone can be read.
  expect(await resultOf(change(otherZone, 'a.other.com'))).toBe('ok');
  expect(await resultOf(route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone })))).toBe('ok');
  clock.advance(2 * SECOND);
  expect(await resultOf(change(zone, 'b.one.com'))).toBe('ok');
});

test('a refused change does not keep its zone busy', async () => {
  const { zone, change } = await zoneScene();
  expect(await resultOf(change(zone, 'not.of.this.zone'))).toBe('InvalidChangeBatch');
  expect(await resultOf(change(zone, 'a.one.com'))).toBe('ok');
});

test('a zone is never busy in calm weather', async () => {
  const { zone, change } = await zoneScene(0);
  expect([await resultOf(change(zone, 'a.one.com')), await resultOf(change(zone, 'b.one.com'))]).toEqual([
    'ok',
    'ok',
  ]);
});
