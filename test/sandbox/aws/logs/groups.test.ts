// The sandbox's log groups, through the SDK's client.
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  ListTagsForResourceCommand,
  ListTagsLogGroupCommand,
  PutLogEventsCommand,
  PutLogGroupDeletionProtectionCommand,
  PutRetentionPolicyCommand,
  TagLogGroupCommand,
  TagResourceCommand,
  UntagLogGroupCommand,
  UntagResourceCommand,
  type CloudWatchLogsClient,
  type CreateLogGroupCommandInput,
  type DescribeLogGroupsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf, sandbox } from '../../harness.ts';

const logGroupName = '/slipway/dev';
const resourceArn = 'arn:aws:logs:eu-west-1:000000000000:log-group:/slipway/dev';

const create = (
  logs: CloudWatchLogsClient,
  name = logGroupName,
  rest: Partial<CreateLogGroupCommandInput> = {},
) => logs.send(new CreateLogGroupCommand({ logGroupName: name, ...rest }));
const describe = (logs: CloudWatchLogsClient, rest: DescribeLogGroupsCommandInput = {}) =>
  logs.send(new DescribeLogGroupsCommand(rest));
const namesOf = ({ logGroups = [] }: { logGroups?: { logGroupName?: string }[] }) =>
  logGroups.map((group) => group.logGroupName);

test('a log group is created and described with both of its ARNs and no retention', async () => {
  const { logs } = await sandbox({ clock: manualClock(Date.UTC(2026, 0, 1)) });
  await create(logs);
  expect((await describe(logs)).logGroups).toEqual([
    {
      logGroupName,
      creationTime: Date.UTC(2026, 0, 1),
      metricFilterCount: 0,
      arn: `${resourceArn}:*`,
      logGroupArn: resourceArn,
      storedBytes: 0,
      logGroupClass: 'STANDARD',
      deletionProtectionEnabled: false,
    },
  ]);
});

test('creating a log group under an existing name is refused', async () => {
  const { logs } = await sandbox();
  await create(logs);
  expect(await refusalOf(create(logs))).toEqual({
    code: 'ResourceAlreadyExistsException',
    message: 'The specified log group already exists',
  });
});

test.each([
  ['', 'length greater than or equal to 1'],
  ['n'.repeat(513), 'Invalid LogGroup or LogStream, both must have length less than or equal to 512.'],
  ['a b', 'regular expression pattern'],
  ['aws/ecs', "Log group names can't start with the string aws/"],
])('the log group name "%s" is refused', async (name, reason) => {
  const { logs } = await sandbox();
  expect(await refusalOf(create(logs, name))).toEqual({
    code: 'InvalidParameterException',
    message: expect.stringContaining(reason),
  });
});

test('KMS keys and classes other than STANDARD are refused as not implemented', async () => {
  const { logs } = await sandbox();
  const refusal = { code: 'NotImplemented' };
  expect(await refusalOf(create(logs, 'one', { kmsKeyId: 'alias/one' }))).toMatchObject(refusal);
  const infrequentAccess = create(logs, 'one', { logGroupClass: 'INFREQUENT_ACCESS' });
  expect(await refusalOf(infrequentAccess)).toMatchObject(refusal);
});

test('log groups can be found by a prefix or by any part of their name', async () => {
  const { logs } = await sandbox();
  for (const name of ['/slipway/prod', '/slipway/dev', '/slipway/dev-2', '/other']) await create(logs, name);
  const byPrefix = await describe(logs, { logGroupNamePrefix: '/slipway/dev' });
  expect(namesOf(byPrefix)).toEqual(['/slipway/dev', '/slipway/dev-2']);
  const byPattern = await describe(logs, { logGroupNamePattern: 'ro' });
  expect(namesOf(byPattern)).toEqual(['/slipway/prod']);
  const both = describe(logs, { logGroupNamePrefix: 'a', logGroupNamePattern: 'b' });
  expect(await refusalOf(both)).toMatchObject({ code: 'InvalidParameterException' });
  const delivery = await describe(logs, { logGroupClass: 'DELIVERY' });
  expect(namesOf(delivery)).toEqual([]);
});

test('log groups are listed in order of name, page by page', async () => {
  const { logs } = await sandbox();
  for (const name of ['c', 'a', 'B']) await create(logs, name);
  const first = await describe(logs, { limit: 2 });
  const second = await describe(logs, { limit: 2, nextToken: first.nextToken });
  expect([namesOf(first), namesOf(second)]).toEqual([['B', 'a'], ['c']]);
  expect(second.nextToken).toBeUndefined();
  for (const rest of [{ limit: 51 }, { limit: 0 }, { nextToken: 'bogus' }]) {
    expect(await refusalOf(describe(logs, rest))).toMatchObject({ code: 'InvalidParameterException' });
  }
});

test('the retention must be one of the periods that AWS supports, and can be removed', async () => {
  const { logs } = await sandbox();
  await create(logs);
  const put = (retentionInDays: number) =>
    logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
  const retention = async () => (await describe(logs)).logGroups?.[0]?.retentionInDays;
  await put(7);
  expect(await retention()).toBe(7);
  expect(await refusalOf(put(8))).toEqual({
    code: 'InvalidParameterException',
    message: expect.stringContaining("Value '8' at 'retentionInDays' failed to satisfy constraint"),
  });
  await logs.send(new DeleteRetentionPolicyCommand({ logGroupName }));
  expect(await retention()).toBeUndefined();
});

test('deleting a log group deletes its streams', async () => {
  const { logs } = await sandbox();
  await create(logs);
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'one' }));
  await logs.send(new DeleteLogGroupCommand({ logGroupName }));
  const notFound = {
    code: 'ResourceNotFoundException',
    message: 'The specified log group does not exist.',
  };
  expect(await refusalOf(logs.send(new DeleteLogGroupCommand({ logGroupName })))).toEqual(notFound);
  const retain = new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 });
  expect(await refusalOf(logs.send(retain))).toEqual(notFound);
  await create(logs);
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
  expect(logStreams).toEqual([]);
});

test('a protected log group cannot be deleted until its protection is removed', async () => {
  const { logs } = await sandbox();
  await create(logs, logGroupName, { deletionProtectionEnabled: true });
  const remove = () => logs.send(new DeleteLogGroupCommand({ logGroupName }));
  expect(await refusalOf(remove())).toMatchObject({ code: 'ValidationException' });
  await logs.send(
    new PutLogGroupDeletionProtectionCommand({
      logGroupIdentifier: resourceArn,
      deletionProtectionEnabled: false,
    }),
  );
  await remove();
  expect((await describe(logs)).logGroups).toEqual([]);
});

test('the stored bytes of a log group are those of its messages plus 26 per message', async () => {
  const { logs } = await sandbox();
  await create(logs);
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'one' }));
  const logEvents = ['abc', '\u00e9'].map((message) => ({ timestamp: Date.now(), message }));
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'one', logEvents }));
  expect((await describe(logs)).logGroups?.[0]?.storedBytes).toBe(3 + 26 + 2 + 26);
});

test('log group tags can be set by the create call and changed by ARN', async () => {
  const { logs } = await sandbox();
  await create(logs, logGroupName, { tags: { one: '1', two: '2' } });
  await logs.send(new TagResourceCommand({ resourceArn, tags: { two: 'II', three: 'III' } }));
  await logs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['one'] }));
  const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn }));
  expect(tags).toEqual({ two: 'II', three: 'III' });
});

test('tags can be changed through the name of their log group, as older clients do', async () => {
  const { logs } = await sandbox();
  await create(logs);
  await logs.send(new TagLogGroupCommand({ logGroupName, tags: { one: '1', two: '2' } }));
  await logs.send(new UntagLogGroupCommand({ logGroupName, tags: ['one'] }));
  const { tags } = await logs.send(new ListTagsLogGroupCommand({ logGroupName }));
  expect(tags).toEqual({ two: '2' });
});

test('reserved tag keys, long tag values and too many tags are refused', async () => {
  const { logs } = await sandbox();
  const invalid = { code: 'InvalidParameterException' };
  expect(await refusalOf(create(logs, 'one', { tags: { 'aws:a': '' } }))).toMatchObject(invalid);
  expect(await refusalOf(create(logs, 'one', { tags: { a: 'v'.repeat(257) } }))).toMatchObject(invalid);
  await create(logs);
  const tag = (count: number, prefix: string) => {
    const tags = Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix}${n}`, '']));
    return logs.send(new TagResourceCommand({ resourceArn, tags }));
  };
  expect(await refusalOf(tag(51, 'a'))).toMatchObject(invalid);
  await tag(50, 'a');
  expect(await refusalOf(tag(1, 'b'))).toMatchObject({ code: 'TooManyTagsException' });
});

test('tag calls do not accept a log group ARN that ends in a star', async () => {
  const { logs } = await sandbox();
  await create(logs);
  const list = logs.send(new ListTagsForResourceCommand({ resourceArn: `${resourceArn}:*` }));
  expect(await refusalOf(list)).toMatchObject({ code: 'InvalidParameterException' });
});
