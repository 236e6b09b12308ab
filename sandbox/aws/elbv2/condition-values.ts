/** The values that each field of a rule condition accepts. */
import type { QueryStringKeyValuePair } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isIPv6 } from 'node:net';
import { isRegex } from '../../balancer/regex.ts';
import { parseCidr } from '../../network/cidr.ts';
import { notImplemented, validation } from './errors.ts';

const MAX_VALUE_LENGTH = 128;
/** The maximum length of a header name or a request method. */
const MAX_NAME_LENGTH = 40;

/** For each field, the member of a condition that contains the field's configuration. */
export const CONFIG_MEMBERS = {
  'path-pattern': 'PathPatternConfig',
  'host-header': 'HostHeaderConfig',
  'http-header': 'HttpHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'query-string': 'QueryStringConfig',
  'source-ip': 'SourceIpConfig',
} as const;
export type Field = keyof typeof CONFIG_MEMBERS;

/** The configuration of a condition. Which members are allowed depends on the field. */
export interface ConditionConfig {
  readonly HttpHeaderName?: string;
  readonly IpAddressType?: string;
  readonly Values?: (string | QueryStringKeyValuePair)[];
  readonly RegexValues?: string[];
}

/** The patterns of valid values, for the fields whose valid characters AWS documents. */
const VALUE_PATTERNS: Readonly<Partial<Record<Field, RegExp>>> = {
  'path-pattern': /^[\w\-.$/~"'@:+&*?]+$/,
  // A host has at least one dot, and only letters after the last dot.
  'host-header': /^[A-Za-z0-9\-.*?]*\.[A-Za-z*?]+$/,
  'http-request-method': /^[A-Z_-]+$/,
};

/** @throws ValidationError */
export function checkConfig(
  field: Field,
  { HttpHeaderName, IpAddressType, Values = [], RegexValues = [] }: ConditionConfig,
) {
  if (IpAddressType !== undefined) throw notImplemented('SourceIpConfig with IpAddressType');
  if (Values.length + RegexValues.length === 0) throw validation('A condition value must be specified');
  if (Values.length > 0 && RegexValues.length > 0) {
    throw validation(`You cannot provide both Values and RegexValues for a condition of type '${field}'`);
  }
  if (field === 'http-header') checkHeaderName(HttpHeaderName);
  for (const value of Values) {
    if (typeof value === 'string') checkValue(field, value);
    else checkPair(value);
  }
  for (const regex of RegexValues) checkRegex(field, regex);
}

function checkValue(field: Field, value: string): void {
  if (value === '') throw validation('A condition value must be specified');
  const max = field === 'http-request-method' ? MAX_NAME_LENGTH : MAX_VALUE_LENGTH;
  if (value.length > max) throw validation(`The '${field}' value is too long; the limit is '${max}'`);
  if (field === 'source-ip' && !isCidr(value)) {
    throw validation(`The 'source-ip' value '${value}' is not a valid CIDR block`);
  }
  if (VALUE_PATTERNS[field]?.test(value) === false || !/^[ -~]+$/.test(value)) {
    throw validation(`Condition value '${value}' contains a character that is not valid`);
  }
}

function checkPair({ Key, Value }: QueryStringKeyValuePair): void {
  if (!Value) throw validation("A 'Value' must be specified in 'QueryStringKeyValuePair'");
  for (const [member, text] of Object.entries({ Key, Value })) {
    if ((text?.length ?? 0) > MAX_VALUE_LENGTH) {
      throw validation(`The '${member}' value is too long; the limit is '${MAX_VALUE_LENGTH}'`);
    }
  }
}

function checkHeaderName(name: string | undefined): void {
  if (!name) throw validation("A 'HttpHeaderName' must be specified with 'http-header'");
  if (name.length > MAX_NAME_LENGTH) {
    throw validation(`The 'HttpHeaderName' value is too long; the limit is '${MAX_NAME_LENGTH}'`);
  }
  if (!/^[\w!#$%&'*+\-.^`|~]+$/.test(name)) {
    throw validation(`Condition value '${name}' contains a character that is not valid`);
  }
  if (name.toLowerCase() === 'host') {
    throw validation("The 'Host' header is not valid with 'http-header'; use 'host-header'");
  }
}

function checkRegex(field: Field, regex: string): void {
  if (regex.length > MAX_VALUE_LENGTH) {
    throw validation(`The '${field}' value is too long; the limit is '${MAX_VALUE_LENGTH}'`);
  }
  if (!isRegex(regex)) throw validation(`The regex value '${regex}' is not valid`);
}

function isCidr(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  return parseCidr(text) !== undefined || (isIPv6(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= 128);
}
