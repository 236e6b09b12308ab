/** The rules for the fields that protect a stack: blocks of client addresses, where access logs go, and the ARN of a web ACL. */
import { isIPv6 } from 'node:net';
import { Netmask } from 'netmask';
import * as z from 'zod';
import { display } from './display.ts';
import type { FieldRule } from './field-rules.ts';

const FORM = 'Use a CIDR block, e.g. 203.0.113.0/24 or 2001:db8::/32.';

/**
 * A block of addresses in the form in which EC2 returns it. EC2 accepts other forms, but they would look like drift.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
 */
export const clientBlock: FieldRule = (text) => {
  const [address = ''] = text.split('/', 1);
  if (address !== '' && !text.includes('/') && z.regexes.ipv4.test(text))
    return `Use ${display(`${text}/32`)} for this one address.`;
  const canonical = z.regexes.cidrv4.test(text)
    ? `${new Netmask(text).base}/${new Netmask(text).bitmask}`
    : canonicalIpv6Block(text);
  if (canonical === undefined) return FORM;
  return canonical === text ? undefined : `Use the form in which AWS keeps it: ${canonical}.`;
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketName: FieldRule = (text) =>
  /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/.test(text) && !/\.\.|^\d+\.\d+\.\d+\.\d+$/.test(text)
    ? undefined
    : 'Use the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and dots, e.g. shop-logs. It is neither an ARN nor a URL.';

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html */
export const logPrefix: FieldRule = (text) => {
  if (!/^[\w!.'()*-]+(\/[\w!.'()*-]+)*$/.test(text))
    return 'Use letters, digits and hyphens, with single slashes between them, e.g. shop/dev.';
  return text.split('/').includes('AWSLogs')
    ? 'Leave out AWSLogs: AWS adds it to the prefix, and refuses a prefix that contains it.'
    : undefined;
};

/** The ARN of a regional web ACL. @see https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html */
export const webAclArn: FieldRule = (text) => {
  if (/^arn:aws[\w-]*:wafv2:[a-z0-9-]+:\d{12}:global\/webacl\//.test(text))
    return 'Use a web ACL with the scope REGIONAL: one with the scope CLOUDFRONT protects no load balancer.';
  return /^arn:aws[\w-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]{1,128}\/[\w-]{1,36}$/.test(text)
    ? undefined
    : 'Use the ARN of a web ACL, e.g. arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/NAME/ID; aws wafv2 list-web-acls --scope REGIONAL shows them.';
};

export const isIpv6Block = (block: string): boolean => block.includes(':');

const IPV6_BITS = 128;

/** Returns an IPv6 block in lower case, shortened, and without host bits; undefined if it is no IPv6 block. */
function canonicalIpv6Block(text: string): string | undefined {
  const [, address = '', bits = ''] = /^([0-9a-fA-F:.]+)\/(\d{1,3})$/.exec(text) ?? [];
  if (!isIPv6(address) || Number(bits) > IPV6_BITS) return undefined;
  const shift = BigInt(IPV6_BITS - Number(bits));
  const network = ((numberOf(shortened(address)) >> shift) << shift).toString(16).padStart(32, '0');
  return `${shortened(network.replace(/(.{4})(?!$)/g, '$1:'))}/${Number(bits)}`;
}

/** Returns an IPv6 address as URLs contain it: in lower case, with the longest run of zeros shortened. */
const shortened = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

function numberOf(address: string): bigint {
  const [first = [], last = []] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return BigInt(`0x${[...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join('')}`);
}
