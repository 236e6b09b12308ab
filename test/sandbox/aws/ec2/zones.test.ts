// The sandbox's availability zones and regions.
import {
  DescribeAvailabilityZonesCommand,
  DescribeRegionsCommand,
  EC2Client,
  type DescribeAvailabilityZonesRequest,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';

test('every region has three available zones', async () => {
  const { ec2 } = await sandbox();
  const { AvailabilityZones } = await ec2.send(
    new DescribeAvailabilityZonesCommand({
      Filters: [
        { Name: 'state', Values: ['available'] },
        { Name: 'zone-type', Values: ['availability-zone'] },
        { Name: 'opt-in-status', Values: ['opt-in-not-required'] },
      ],
    }),
  );
  expect(AvailabilityZones).toMatchObject([
    { ZoneName: 'eu-west-1a', ZoneId: 'euw1-az1', RegionName: 'eu-west-1', State: 'available' },
    { ZoneName: 'eu-west-1b', ZoneId: 'euw1-az2' },
    { ZoneName: 'eu-west-1c', ZoneId: 'euw1-az3' },
  ]);
});

test('zones can be found by name and by id, and an unknown zone is refused', async () => {
  const { ec2 } = await sandbox();
  const find = async (input: DescribeAvailabilityZonesRequest) =>
    (await ec2.send(new DescribeAvailabilityZonesCommand(input))).AvailabilityZones?.map((z) => z.ZoneName);
  expect(await find({ ZoneNames: ['eu-west-1b'] })).toEqual(['eu-west-1b']);
  expect(await find({ ZoneIds: ['euw1-az3'] })).toEqual(['eu-west-1c']);
  expect(await refusalOf(find({ ZoneNames: ['eu-west-1x'] }))).toEqual({
    code: 'InvalidParameterValue',
    message: 'Invalid availability zone: [eu-west-1x]',
  });
});

test('the list of regions includes the region that receives the call, even if AWS has no such region', async () => {
  const { ec2, url } = await sandbox();
  const moonClient = new EC2Client({
    endpoint: url,
    region: 'us-moon-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Regions } = await moonClient.send(
    new DescribeRegionsCommand({ RegionNames: ['us-moon-1', 'eu-west-1'] }),
  );
  expect(Regions?.map(({ RegionName }) => RegionName)).toEqual(['eu-west-1', 'us-moon-1']);
  moonClient.destroy();
  const command = new DescribeRegionsCommand({ RegionNames: ['us-moon-1'] });
  expect(await refusalOf(ec2.send(command))).toMatchObject({ code: 'InvalidParameterValue' });
});
