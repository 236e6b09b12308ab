// The account settings of the sandbox's ECS: settings of a caller, defaults of the account, and their effects.
import {
  CreateClusterCommand,
  DeleteAccountSettingCommand,
  ListAccountSettingsCommand,
  PutAccountSettingCommand,
  PutAccountSettingDefaultCommand,
  type ListAccountSettingsCommandInput,
  type SettingName,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { account } from './scene.ts';

const ROOT = 'arn:aws:iam::000000000000:root';
const CALLER = 'arn:aws:iam::000000000000:user/sandbox';

async function settingsScene() {
  const scene = await account();
  const { ecs } = scene;
  return {
    ...scene,
    list: async (input: ListAccountSettingsCommandInput = {}) =>
      (await ecs.send(new ListAccountSettingsCommand(input))).settings ?? [],
    put: async (name: SettingName, value: string, principalArn?: string) =>
      (await ecs.send(new PutAccountSettingCommand({ name, value, principalArn }))).setting,
    putDefault: async (name: SettingName, value: string) =>
      (await ecs.send(new PutAccountSettingDefaultCommand({ name, value }))).setting,
    remove: async (name: SettingName) => (await ecs.send(new DeleteAccountSettingCommand({ name }))).setting,
  };
}

test('before a caller puts a setting, only the effective settings are listed', async () => {
  const { list, ecs } = await settingsScene();
  expect(await list()).toEqual([]);
  const first = await ecs.send(new ListAccountSettingsCommand({ effectiveSettings: true }));
  expect(first.settings).toHaveLength(10);
  const second = await list({ effectiveSettings: true, nextToken: first.nextToken });
  const all = [...(first.settings ?? []), ...second];
  expect(new Set(all.map(({ principalArn }) => principalArn))).toEqual(new Set([ROOT]));
  expect(Object.fromEntries(all.map(({ name, value }) => [name, value]))).toEqual({
    awsvpcTrunking: 'disabled',
    containerInsights: 'disabled',
    containerInstanceLongArnFormat: 'enabled',
    defaultLogDriverMode: 'non-blocking',
    fargateEventWindows: 'disabled',
    fargateFIPSMode: 'disabled',
    fargateTaskRetirementWaitPeriod: '7',
    guardDutyActivate: 'off',
    serviceLongArnFormat: 'enabled',
    tagResourceAuthorization: 'on',
    taskLongArnFormat: 'enabled',
  });
  expect(all.find(({ name }) => name === 'guardDutyActivate')?.type).toBe('aws_managed');
  expect((await refusalOf(list({ maxResults: 11 }))).code).toBe('InvalidParameterException');
});

test("a caller's setting has precedence over the default of the account, until the setting is deleted", async () => {
  const { list, put, putDefault, remove } = await settingsScene();
  const name = 'fargateTaskRetirementWaitPeriod';
  const accountDefault = { name, value: '14', principalArn: ROOT, type: 'user' };
  expect(await putDefault(name, '14')).toEqual(accountDefault);
  expect(await list({ name })).toEqual([]);
  expect(await list({ name, effectiveSettings: true })).toEqual([accountDefault]);
  const callerSetting = { name, value: '0', principalArn: CALLER, type: 'user' };
  expect(await put(name, '0')).toEqual(callerSetting);
  expect(await list()).toEqual([callerSetting]);
  expect(await list({ name, effectiveSettings: true })).toEqual([callerSetting]);
  expect(await list({ name, value: '7' })).toEqual([]);
  expect(await list({ principalArn: ROOT })).toEqual([accountDefault]);
  expect(await remove(name)).toMatchObject({ name, principalArn: CALLER });
  expect(await list()).toEqual([]);
  expect(await list({ name, effectiveSettings: true })).toEqual([accountDefault]);
  expect((await refusalOf(list({ value: '7' }))).code).toBe('InvalidParameterException');
});

test('a new cluster has the Container Insights setting of the account, unless the call names another', async () => {
  const { ecs, put, putDefault } = await settingsScene();
  const valueOf = async (clusterName: string, settings?: { name: 'containerInsights'; value: string }[]) =>
    (await ecs.send(new CreateClusterCommand({ clusterName, settings }))).cluster?.settings?.[0]?.value;
  expect(await valueOf('one')).toBe('disabled');
  await putDefault('containerInsights', 'enabled');
  expect(await valueOf('two')).toBe('enabled');
  await put('containerInsights', 'enhanced');
  expect(await valueOf('three')).toBe('enhanced');
  expect(await valueOf('four', [{ name: 'containerInsights', value: 'disabled' }])).toBe('disabled');
});

test.each<[SettingName, string, string]>([
  ['taskLongArnFormat', 'disabled', 'You can no longer disable Long Arn settings'],
  ['taskLongArnFormat', 'ENABLED', "Invalid setting 'value'"],
  ['tagResourceAuthorization', 'enabled', "Invalid setting 'value'"],
  ['containerInsights', 'on', "Invalid setting 'value'"],
  ['fargateTaskRetirementWaitPeriod', '8', "Invalid setting 'value'"],
  ['defaultLogDriverMode', 'off', "Invalid setting 'value'"],
  ['guardDutyActivate', 'on', 'guardDutyActivate'],
])('%s cannot be set to %s', async (name, value, message) => {
  const { put, putDefault, region } = await settingsScene();
  const refusal = { code: 'InvalidParameterException', message: expect.stringContaining(message) };
  expect(await refusalOf(put(name, value))).toEqual(refusal);
  expect(await refusalOf(putDefault(name, value))).toEqual(refusal);
  expect(region.ecs.accountSettings.size).toBe(0);
});

test('tasks cannot be run in FIPS mode', async () => {
  const { put } = await settingsScene();
  expect((await refusalOf(put('fargateFIPSMode', 'enabled'))).code).toBe('NotImplemented');
});

test('a setting for a principal outside the account is refused', async () => {
  const { put } = await settingsScene();
  for (const principal of ['arn:aws:iam::111111111111:root', 'sandbox', 'arn:aws:s3:::bucket']) {
    expect((await refusalOf(put('containerInsights', 'enabled', principal))).code).toBe(
      'InvalidParameterException',
    );
  }
});
