// The sandbox's Parameter Store, through the SDK's client: what it stores, and what it refuses.
import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
  UnlabelParameterVersionCommand,
  type PutParameterCommandInput,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf, sandbox } from '../../harness.ts';

const Name = '/shop/db';
const ARN = 'arn:aws:ssm:eu-west-1:000000000000:parameter/shop/db';
const SECRET: PutParameterCommandInput = { Name, Value: 'first', Type: 'SecureString' };

const put = (ssm: SSMClient, input: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ ...SECRET, ...input }));
const get = async (ssm: SSMClient, name = Name, WithDecryption = true) =>
  (await ssm.send(new GetParameterCommand({ Name: name, WithDecryption }))).Parameter;

test('a SecureString is read by name, by ARN, by version and by label, and is encrypted without decryption', async () => {
  const { ssm } = await sandbox({ clock: manualClock(Date.UTC(2026, 0, 1)) });
  expect(await put(ssm)).toMatchObject({ Version: 1, Tier: 'Standard' });
  await put(ssm, { Value: 'second', Overwrite: true });
  await ssm.send(new LabelParameterVersionCommand({ Name, ParameterVersion: 1, Labels: ['stable', '1bad'] }));
  const LastModifiedDate = new Date(Date.UTC(2026, 0, 1));
  const newest = { Name, ARN, Type: 'SecureString', Version: 2, LastModifiedDate, DataType: 'text' };
  expect(await get(ssm)).toEqual({ ...newest, Value: 'second' });
  expect(await get(ssm, ARN)).toEqual({ ...newest, Value: 'second' });
  expect(await get(ssm, `${Name}:1`)).toMatchObject({ Value: 'first', Version: 1, Selector: ':1' });
  expect(await get(ssm, `${ARN}:stable`)).toMatchObject({ Value: 'first', Selector: ':stable' });
  const encrypted = await get(ssm, Name, false);
  expect(encrypted?.Value).toMatch(/^AQICAH/);
});

test('GetParameters lists the missing ones, and reads no more than ten', async () => {
  const { ssm } = await sandbox();
  await put(ssm);
  const Names = [Name, '/shop/none', `${Name}:7`];
  expect(await ssm.send(new GetParametersCommand({ Names, WithDecryption: true }))).toMatchObject({
    Parameters: [{ Name, Value: 'first' }],
    InvalidParameters: ['/shop/none', `${Name}:7`],
  });
  const eleven = Array.from({ length: 11 }, (_, index) => `/shop/${index}`);
  expect((await refusalOf(ssm.send(new GetParametersCommand({ Names: eleven })))).code).toBe(
    'ValidationException',
  );
});

test.each<[string, Partial<PutParameterCommandInput>, string, RegExp]>([
  ['an existing name', {}, 'ParameterAlreadyExists', /set the overwrite option in the request to true/],
  [
    'tags with overwrite',
    { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
    'ValidationException',
    /tags and overwrite can't be used together/,
  ],
  [
    'another type',
    { Overwrite: true, Type: 'String' },
    'HierarchyTypeMismatchException',
    /doesn't support changing a parameter type/,
  ],
  ['no type', { Name: '/shop/new', Type: undefined }, 'ValidationException', /type is required/],
  ['a name with ssm', { Name: 'ssm-db' }, 'ValidationException', /can't be prefixed with "aws" or "ssm"/],
  [
    'a reserved path',
    { Name: '/aws/service/x' },
    'AccessDeniedException',
    /No access to reserved parameter name/,
  ],
  ['a doubled slash', { Name: '/shop//db' }, 'ValidationException', /sub-paths divided by slash symbol/],
  ['a path without its first slash', { Name: 'shop/db2' }, 'ValidationException', /fully qualified/],
  ['too many levels', { Name: '/a'.repeat(16) }, 'HierarchyLevelLimitExceededException', /15 levels/],
  ['an empty value', { Name: '/shop/new', Value: '' }, 'ValidationException', /at 'value' failed/],
  [
    'a nested parameter',
    { Name: '/shop/new', Value: '{{ssm:a}}' },
    'ValidationException',
    /nest another parameter/,
  ],
  [
    'a long value',
    { Name: '/shop/new', Value: 'x'.repeat(4097) },
    'ValidationException',
    /maximum parameter value of 4096/,
  ],
  [
    'a long advanced value',
    { Name: '/shop/new', Value: 'x'.repeat(8193), Tier: 'Advanced' },
    'ValidationException',
    /8192/,
  ],
  [
    'a key of a String',
    { Name: '/shop/new', Type: 'String', KeyId: 'alias/a' },
    'ValidationException',
    /KeyId is required for SecureString/,
  ],
  ['a malformed key', { Name: '/shop/new', KeyId: 'no-key' }, 'InvalidKeyId', /no-key/],
  [
    'a value against its pattern',
    { Name: '/shop/new', AllowedPattern: '^\\d+$' },
    'ParameterPatternMismatchException',
    /allowedPattern/,
  ],
  [
    'a pattern that is no expression',
    { Name: '/shop/new', AllowedPattern: '(' },
    'InvalidAllowedPatternException',
    /regular expression/,
  ],
])('%s is refused, and nothing is stored', async (_, input, code, message) => {
  const { ssm, region } = await sandbox();
  await put(ssm);
  const refused = await refusalOf(put(ssm, input));
  expect(refused).toEqual({ code, message: expect.stringMatching(message) });
  expect(JSON.stringify(refused)).not.toContain('first');
  expect(region.ssm.parameters.all().map(({ versions }) => versions.length)).toEqual([1]);
});

test('a pattern holds for later values, until it is replaced by an empty one', async () => {
  const { ssm } = await sandbox();
  await put(ssm, { AllowedPattern: '^first$' });
  expect((await refusalOf(put(ssm, { Value: 'other', Overwrite: true }))).code).toBe(
    'ParameterPatternMismatchException',
  );
  await put(ssm, { Value: 'other', Overwrite: true, AllowedPattern: '', Description: '' });
  expect((await get(ssm))?.Value).toBe('other');
});

test('Intelligent-Tiering stores long values as Advanced, and never returns to Standard', async () => {
  const { ssm } = await sandbox();
  expect(await put(ssm, { Value: 'x'.repeat(5000), Tier: 'Intelligent-Tiering' })).toMatchObject({
    Tier: 'Advanced',
  });
  expect(await put(ssm, { Overwrite: true })).toMatchObject({ Tier: 'Advanced' });
  expect((await refusalOf(put(ssm, { Overwrite: true, Tier: 'Standard' }))).message).toMatch(
    /can't downgrade/,
  );
});

test('a hundred versions are kept; a label on the oldest one refuses the next', async () => {
  const { ssm } = await sandbox();
  await put(ssm);
  for (let version = 2; version <= 101; version += 1)
    await put(ssm, { Value: String(version), Overwrite: true });
  const history = async () =>
    (await ssm.send(new GetParameterHistoryCommand({ Name, MaxResults: 50 }))).Parameters?.[0]?.Version;
  expect(await history()).toBe(2);
  await ssm.send(new LabelParameterVersionCommand({ Name, ParameterVersion: 2, Labels: ['old'] }));
  expect((await refusalOf(put(ssm, { Overwrite: true }))).code).toBe('ParameterMaxVersionLimitExceeded');
  await ssm.send(new UnlabelParameterVersionCommand({ Name, ParameterVersion: 2, Labels: ['old'] }));
  await put(ssm, { Overwrite: true });
  expect(await history()).toBe(3);
});

test('missing parameters and versions are refused, except in a deletion of several', async () => {
  const { ssm } = await sandbox();
  await put(ssm);
  const missing = await refusalOf(get(ssm, '/shop/none'));
  expect(missing.code).toBe('ParameterNotFound');
  expect((await refusalOf(get(ssm, `${Name}:2`))).code).toBe('ParameterVersionNotFound');
  expect((await refusalOf(ssm.send(new DeleteParameterCommand({ Name: '/shop/none' })))).code).toBe(
    'ParameterNotFound',
  );
  expect(await ssm.send(new DeleteParametersCommand({ Names: [Name, '/shop/none'] }))).toMatchObject({
    DeletedParameters: [Name],
    InvalidParameters: ['/shop/none'],
  });
  expect((await refusalOf(get(ssm))).code).toBe('ParameterNotFound');
});

test('lists show no value, filter by path, name, key and tag, and have pages', async () => {
  const { ssm } = await sandbox();
  await put(ssm, { Tags: [{ Key: 'team', Value: 'shop' }] });
  await put(ssm, { Name: '/shop/deep/key', KeyId: 'alias/mine' });
  await put(ssm, { Name: 'plain', Type: 'String' });
  const names = async (...ParameterFilters: { Key: string; Option?: string; Values?: string[] }[]) =>
    (await ssm.send(new DescribeParametersCommand({ ParameterFilters }))).Parameters?.map((one) => one.Name);
  expect(await names()).toEqual(['/shop/db', '/shop/deep/key', 'plain']);
  expect(await names({ Key: 'Path', Values: ['/shop'] })).toEqual(['/shop/db']);
  expect(await names({ Key: 'Path', Option: 'Recursive', Values: ['/shop'] })).toEqual([
    '/shop/db',
    '/shop/deep/key',
  ]);
  expect(await names({ Key: 'Name', Option: 'Contains', Values: ['lai'] })).toEqual(['plain']);
  expect(await names({ Key: 'KeyId', Values: ['alias/mine'] })).toEqual(['/shop/deep/key']);
  expect(await names({ Key: 'tag:team', Values: ['shop'] })).toEqual(['/shop/db']);
  expect((await refusalOf(names({ Key: 'Name', Option: 'Recursive', Values: ['a'] }))).code).toBe(
    'InvalidFilterOption',
  );
  const first = await ssm.send(new DescribeParametersCommand({ MaxResults: 2 }));
  const second = await ssm.send(new DescribeParametersCommand({ MaxResults: 2, NextToken: first.NextToken }));
  expect([first.Parameters?.length, second.Parameters?.length, second.NextToken]).toEqual([2, 1, undefined]);
  expect(JSON.stringify([first, second])).not.toContain('first');
  const byPath = new GetParametersByPathCommand({ Path: '/shop', Recursive: true, WithDecryption: true });
  expect((await ssm.send(byPath)).Parameters?.map((one) => [one.Name, one.Value])).toEqual([
    ['/shop/db', 'first'],
    ['/shop/deep/key', 'first'],
  ]);
  expect((await refusalOf(ssm.send(new GetParametersByPathCommand({ Path: 'shop' })))).code).toBe(
    'ValidationException',
  );
});
