/** Account settings of principals. In each region, the root user's settings are the defaults of the account. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Setting, SettingName } from '@aws-sdk/client-ecs';
import type { Caller, Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { invalid, notSupported } from './errors.ts';
import { pageOfTen } from './lookups.ts';

/** The values of a setting; the first is the value on AWS in a new account. */
type Values = readonly [string, ...string[]];

const LONG_ARN_FORMAT: Values = ['enabled', 'disabled'];
const OPT_IN: Values = ['disabled', 'enabled'];
const AWS_MANAGED_SETTING = 'guardDutyActivate';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html */
const SETTINGS: Readonly<Record<SettingName, Values>> = {
  awsvpcTrunking: OPT_IN,
  containerInsights: ['disabled', 'enabled', 'enhanced'],
  containerInstanceLongArnFormat: LONG_ARN_FORMAT,
  defaultLogDriverMode: ['non-blocking', 'blocking'],
  fargateEventWindows: OPT_IN,
  fargateFIPSMode: OPT_IN,
  fargateTaskRetirementWaitPeriod: ['7', '0', '14'],
  guardDutyActivate: ['off', 'on'],
  serviceLongArnFormat: LONG_ARN_FORMAT,
  tagResourceAuthorization: ['on', 'off'],
  taskLongArnFormat: LONG_ARN_FORMAT,
};
const NAMES = Object.keys(SETTINGS) as SettingName[];

/** Returns the ARN of the principal that owns a caller's settings: the user, or the role (not its session). */
const principalOfCaller = ({ arn, role }: Caller): string => role?.arn ?? arn;
const rootOf = (region: Region): string => region.iamArn('root');
const keyOf = (name: SettingName, principalArn: string): string => `${principalArn} ${name}`;

/** Returns the principal that a call names, or the caller. @throws InvalidParameterException */
function principalOf(region: Region, given: string | undefined, caller: Caller): string {
  if (given === undefined) return principalOfCaller(caller);
  const isPrincipal = ['root', 'user/', 'role/'].some((prefix) => given.startsWith(region.iamArn(prefix)));
  if (isPrincipal) return given;
  throw invalid('principalArn must be the ARN of a user, a role or the root user of this account.');
}

/** Returns the setting that applies to a principal: its own, that of the root user, or AWS's default. */
function effectiveSetting(region: Region, name: SettingName, principalArn: string): Setting {
  const { accountSettings } = region.ecs;
  const rootArn = rootOf(region);
  return (
    accountSettings.get(keyOf(name, principalArn)) ??
    accountSettings.get(keyOf(name, rootArn)) ?? {
      name,
      value: SETTINGS[name][0],
      principalArn: rootArn,
      type: name === AWS_MANAGED_SETTING ? 'aws_managed' : 'user',
    }
  );
}

/** Returns the value that a setting has for the caller. */
export const settingOfCaller = (region: Region, name: SettingName, caller: Caller): string =>
  effectiveSetting(region, name, principalOfCaller(caller)).value ?? SETTINGS[name][0];

/** @throws InvalidParameterException; NotImplemented for a value that would change how tasks run */
function putSetting(
  region: Region,
  { name, value = '' }: { name: SettingName | undefined; value: string | undefined },
  principalArn: string,
): Setting {
  if (name === undefined) throw invalid("Invalid setting 'name'");
  const values = SETTINGS[name];
  if (name === AWS_MANAGED_SETTING) throw invalid(`The setting ${name} is managed by AWS and is read-only.`);
  if (!values.includes(value)) throw invalid("Invalid setting 'value'");
  if (values === LONG_ARN_FORMAT && value === 'disabled') {
    throw invalid('You can no longer disable Long Arn settings');
  }
  if (name === 'fargateFIPSMode' && value === 'enabled') throw notSupported('the FIPS mode of Fargate');
  return region.ecs.accountSettings.set(keyOf(name, principalArn), {
    name,
    value,
    principalArn,
    type: 'user',
  });
}

export const accountSettingOperations = {
  PutAccountSetting: {
    inputMembers: ['name', 'value', 'principalArn'],
    run: ({ name, value, principalArn }, region, caller) => ({
      setting: putSetting(region, { name, value }, principalOf(region, principalArn, caller)),
    }),
  },

  PutAccountSettingDefault: {
    inputMembers: ['name', 'value'],
    run: ({ name, value }, region) => ({ setting: putSetting(region, { name, value }, rootOf(region)) }),
  },

  /** Deletes a principal's own setting, and returns the setting that applies to the principal afterwards. */
  DeleteAccountSetting: {
    inputMembers: ['name', 'principalArn'],
    run({ name, principalArn }, region, caller) {
      if (name === undefined) throw invalid("Invalid setting 'name'");
      const principal = principalOf(region, principalArn, caller);
      region.ecs.accountSettings.delete(keyOf(name, principal));
      return { setting: { ...effectiveSetting(region, name, principal), principalArn: principal } };
    },
  },

  ListAccountSettings: {
    inputMembers: ['name', 'value', 'principalArn', 'effectiveSettings', 'maxResults', 'nextToken'],
    run(input, region, caller) {
      const principal = principalOf(region, input.principalArn, caller);
      if (input.value !== undefined && input.name === undefined) {
        throw invalid('value can be specified only together with name.');
      }
      const names = input.name === undefined ? NAMES : [input.name];
      const settings = names
        .map((name) =>
          input.effectiveSettings
            ? effectiveSetting(region, name, principal)
            : region.ecs.accountSettings.get(keyOf(name, principal)),
        )
        .filter((setting) => setting !== undefined)
        .filter(({ value }) => input.value === undefined || value === input.value);
      const { rows, nextToken } = pageOfTen(settings, input.maxResults, input.nextToken);
      return { settings: rows, nextToken };
    },
  },
} satisfies Operations<typeof ECS>;
