/** The rules for single strings: each returns a fix, or undefined when the string is valid. */
import { Netmask } from 'netmask';
import * as z from 'zod';
import { findPartition, PARTITIONS } from '../derive/partitions.ts';
import { display } from './display.ts';

/** @returns the fix, as a sentence; undefined when the string is valid */
export type FieldRule = (text: string) => string | undefined;

const matches =
  (pattern: RegExp, fix: string): FieldRule =>
  (text) =>
    pattern.test(text) ? undefined : fix;

/** A whole number from `from` to `to`. */
export const integer = (from: number, to: number) => z.int().min(from).max(to);

/** The schema of a string that obeys a rule. */
export const string = (fieldRule: FieldRule) => {
  const rule: FieldRule = (text) => wellFormed(text) ?? fieldRule(text);
  return z
    .string()
    .refine((value) => rule(value) === undefined, { error: ({ input }) => rule(String(input)) });
};

/** The names of services and containers: valid in every AWS name that they become part of. */
export const name = matches(
  /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  'Use lower-case letters, digits and single hyphens; begin with a letter, and do not end with a hyphen.',
);

/**
 * The name of a stage. It has no hyphens: otherwise, the configured name `a` with the stage `b-c` and the configured name `a-b`
 * with the stage `c` would both give a stack called `a-b-c`.
 */
export const stageName = matches(
  /^[a-z][a-z0-9]*$/,
  'Use lower-case letters and digits, and begin with a letter; a hyphen separates the stage from the name of the stack.',
);

/**
 * The name of a stack. The name of the load balancer begins with this name, so this name must not begin with `internal-`.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
 */
export const stackName: FieldRule = (text) =>
  /^internal(-|$)/.test(text)
    ? 'Begin with another word: AWS reserves load balancer names that begin with internal-.'
    : name(text);

/** The form of the code of a region, also in China, GovCloud and the sovereign cloud: `us-gov-west-1`, `eusc-de-east-1`. */
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/;

export const region: FieldRule = (text) => {
  if (REGION.test(text)) {
    if (findPartition(text)) return undefined;
    return `${text} is in no partition that Slipway supports: use a region of ${PARTITIONS.map(({ id }) => id).join(', ')}.`;
  }
  // The user may have written eu-west1, EU_WEST_1, or the zone eu-west-1a.
  const meant = text
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/-?(\d{1,2})[a-z]?$/, '-$1');
  const looksLikeRegion = REGION.test(meant) && /^([a-z]{2}|eusc)-/.test(meant);
  return looksLikeRegion ? `Did you mean ${meant}?` : 'Use the code of an AWS region, e.g. eu-west-1.';
};

/** The maximum length of a path: AWS's patterns have at most 128 characters, and one pattern of a path ends in `/*`. */
export const MAX_PATH_LENGTH = 128 - '/*'.length;

/**
 * Matches where the fixed part of a path ends: at a wildcard, or at a parameter of a web framework, such as `/:id`, `/{id}`,
 * `/[id]` or `/<id>`.
 */
const END_OF_FIXED_PART = /\/?\*|\/:|\/[^/]*[{}[\]<>()]/;
const withoutTrailingSlash = (path: string): string => path.replace(/\/+$/, '') || '/';

/** Returns the fix for a path with parts that a route cannot have (a host, a wildcard, a query): the path without them. */
function shorterPathFix(text: string): string | undefined {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text) && URL.canParse(text))
    return `Use ${display(withoutTrailingSlash(new URL(text).pathname))}, without scheme and host: requests for every host are routed by path.`;
  if (!text.startsWith('/')) return undefined;
  const [path = ''] = text.split(/[?#]/, 1);
  const end = END_OF_FIXED_PART.exec(path);
  if (end !== null)
    return `Use ${display(withoutTrailingSlash(path.slice(0, end.index)))}, without a wildcard or parameter: everything below a path is routed with it.`;
  return path === text
    ? undefined
    : `Use ${display(withoutTrailingSlash(path))}, without a query string or fragment: only the path of a request is compared.`;
}

/**
 * A path that is routed to a container: the characters that AWS allows in patterns, without wildcards and parameters.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
 */
export const routePath: FieldRule = (text) => {
  const shorteningFix = shorterPathFix(text);
  if (shorteningFix !== undefined) return shorteningFix;
  if (!text.startsWith('/')) return 'Begin the path with a slash, e.g. /api1.';
  if (text !== '/' && text.endsWith('/')) return 'Leave out the trailing slash.';
  if (text.length > MAX_PATH_LENGTH)
    return `Use at most ${MAX_PATH_LENGTH} characters; these are ${text.length}.`;
  if (
    text !== '/' &&
    text
      .slice(1)
      .split('/')
      .some((segment) => ['', '.', '..'].includes(segment))
  )
    return 'Leave out empty segments, . and ..: the normalised path of a request never contains them.';
  return /^[A-Za-z0-9_\-.$/~"'@:+&]+$/.test(text)
    ? undefined
    : `Use letters, digits and _ - . $ / ~ " ' @ : + & only.`;
};

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
export const healthPath = matches(
  /^\/[!-~]{0,1023}$/,
  'Begin the path with a slash, e.g. /health, and use at most 1024 visible ASCII characters.',
);

/**
 * A DNS name as Route 53 returns it: lower case, no trailing dot. Route 53 creates no zones for top-level domains.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
 */
export const domainName: FieldRule = (text) => {
  if (/^\*\../.test(text))
    return `Use one name, such as ${display(text.replace('*', 'api'))}: a wildcard belongs in domain.names.`;
  return text.length <= 253 &&
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)
    ? undefined
    : 'Use a DNS name with at least two labels, in lower case and without a trailing dot, e.g. api.example.com; ' +
        'a label can have at most 63 letters, digits and inner hyphens, and the name at most 253 characters.';
};

/**
 * The address blocks that every network may use: private (RFC 1918) and shared (RFC 6598) address space.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
const PRIVATE_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/**
 * The CIDR block of the VPC. AWS accepts at most a `/16`. Every subnet gets a sixteenth of the block, and AWS accepts no
 * subnet smaller than a `/28`. AWS also accepts public addresses, but then the VPC cannot reach the owners of
 * those addresses, and target groups in other VPCs refuse them.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
export const vpcBlock: FieldRule = (text) => {
  if (!z.regexes.cidrv4.test(text)) return 'Use an IPv4 block, e.g. 10.0.0.0/16.';
  const { base, bitmask } = new Netmask(text);
  if (bitmask < 16 || bitmask > 24)
    return 'Use a block from /16 to /24: every subnet gets a sixteenth of it.';
  if (!PRIVATE_BLOCKS.some((block) => new Netmask(block).contains(base)))
    return `Use a block within ${PRIVATE_BLOCKS.join(', ').replace(/, (?=[^,]*$)/, ' or ')}: other addresses belong to someone on the internet.`;
  return text.startsWith(`${base}/`) ? undefined : `Use the first address of the block: ${base}/${bitmask}.`;
};

export const folder = matches(/^[^\0]+$/, 'Use the path of a folder, e.g. services/api1.');
export const file = matches(/^[^\0]+$/, 'Use the path of a file, e.g. src/main.ts.');

/** The reference of an image; ECS accepts at most 255 characters. */
export const imageReference = matches(
  /^(?=.{1,255}$)([\w.-]+(:\d+)?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
  'Use a reference such as nginx:1.29 or 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:v1.',
);

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export const user = matches(
  /^[a-z0-9_][a-z0-9_-]*(:[a-z0-9_][a-z0-9_-]*)?$/i,
  'Use a user or user:group, by number or by name, e.g. 1000:1000.',
);

/** An argument or an environment variable of a process: neither can contain a zero byte. */
export const processText = matches(/^[^\0]*$/, 'Leave out the zero byte.');

/** The name of an environment variable. ECS and Linux accept names that shells refuse, such as `spring.profiles.active`. */
export const variableName = matches(
  /^[^=\0\p{Surrogate}]+$/u,
  'Use at least one character, and no equals sign, zero byte or lone surrogate.',
);

/**
 * A string without lone surrogates. A lone surrogate is half of a character and has no form in UTF-8, so AWS would receive a
 * different string.
 */
export const wellFormed = matches(
  /^\P{Surrogate}*$/u,
  'Replace the lone surrogate: half of a character cannot be sent to AWS.',
);

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export const alarmName = matches(/^.{1,255}$/s, 'Use the name of an alarm: 1 to 255 characters.');

const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const TAG_CHARACTERS = 'letters, digits, spaces and _ . : / = + - @';

/**
 * The rules of IAM, which are stricter than those of the other services.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
 */
export const tagKey: FieldRule = (text) => {
  if (/^(aws|slipway):/i.test(text))
    return 'Use another prefix: aws: is reserved for AWS, slipway: for Slipway.';
  if (/^name$/i.test(text)) return 'Leave it out: Slipway sets the names of all resources.';
  return text.length >= 1 && text.length <= 128 && TAG_TEXT.test(text)
    ? undefined
    : `Use 1 to 128 characters: ${TAG_CHARACTERS}.`;
};

export const projectName: FieldRule = (text) =>
  text.length > 0 ? tagValue(text) : 'Use at least one character, or leave it out.';

export const tagValue: FieldRule = (text) =>
  text.length <= 256 && TAG_TEXT.test(text) ? undefined : `Use at most 256 characters: ${TAG_CHARACTERS}.`;
