/** The rules for the strings of routes: what AWS accepts in conditions, transforms and redirects. */
import { isIPv6 } from 'node:net';
import * as z from 'zod';
import { routePath, type FieldRule } from './field-rules.ts';

/** The maximum length of a value of a condition. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html */
const MAX_VALUE_LENGTH = 128;
/** The maximum length of the name of a header or of a request method. */
const MAX_NAME_LENGTH = 40;
/** The maximum length of each string of a transform. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RewriteConfig.html */
const MAX_TRANSFORM_LENGTH = 1024;

/** Returns whether a path or a host is a pattern with wildcards. */
export const isPattern = (text: string): boolean => /[*?]/.test(text);

const tooLong = (text: string, max: number): string | undefined =>
  text.length > max ? `Use at most ${max} characters; these are ${text.length}.` : undefined;

/** A path with everything below it, or a pattern: `*` matches any number of characters, `?` exactly one. */
export const pathPattern: FieldRule = (text) => {
  if (!isPattern(text)) return routePath(text);
  if (!/^[/*]/.test(text)) return 'Begin the pattern with a slash or *, e.g. /img/*.png.';
  return (
    tooLong(text, MAX_VALUE_LENGTH) ??
    (/^[A-Za-z0-9_\-.$/~"'@:+&*?]+$/.test(text)
      ? undefined
      : `Use letters, digits and _ - . $ / ~ " ' @ : + & * ? only; only the path of a request is compared.`)
  );
};

/** A host, or a pattern of hosts. AWS requires a dot, and only letters after the last one. */
export const hostPattern: FieldRule = (text) => {
  if (text !== text.toLowerCase())
    return `Use ${text.toLowerCase()}: hosts are compared without regard to case.`;
  if (/^[a-z]+:\/\//.test(text) || /[/:]/.test(text))
    return 'Use the host alone, without scheme, port and path, e.g. www.example.com.';
  return (
    tooLong(text, MAX_VALUE_LENGTH) ??
    (/^[a-z0-9\-.*?]*\.[a-z*?]+$/.test(text)
      ? undefined
      : 'Use a host such as www.example.com or *.example.com: letters, digits, - . * and ?, with a dot, and only letters after the last dot.')
  );
};

export const method: FieldRule = (text) => {
  if (/^[A-Z_-]+$/.test(text)) return tooLong(text, MAX_NAME_LENGTH);
  return /^[A-Za-z_-]+$/.test(text)
    ? `Use ${text.toUpperCase()}: methods are compared with regard to case.`
    : 'Use a request method in capital letters, e.g. GET; a method has no wildcards.';
};

/** The name of a header. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html */
export const headerName: FieldRule = (text) => {
  if (text.toLowerCase() === 'host') return 'Use hosts instead: AWS refuses a condition on the header Host.';
  if (isPattern(text) && /^[\w*?-]+$/.test(text))
    return 'Use the whole name of a header: a name has no wildcards.';
  return /^[\w!#$%&'+.^`|~-]+$/.test(text)
    ? tooLong(text, MAX_NAME_LENGTH)
    : 'Use the name of a header, e.g. X-Version: letters, digits and hyphens.';
};

/** A value of a header or of the query string. */
export const conditionValue: FieldRule = (text) =>
  tooLong(text, MAX_VALUE_LENGTH) ??
  (/^[ -~]+$/.test(text) ? undefined : 'Use 1 to 128 visible ASCII characters.');

export const queryKey: FieldRule = (text) =>
  conditionValue(text) === undefined
    ? undefined
    : 'Use the key of a parameter: 1 to 128 visible ASCII characters.';

export const clientBlock: FieldRule = (text) => {
  if (z.regexes.cidrv4.test(text) || z.regexes.cidrv6.test(text)) return undefined;
  const bits = isIPv6(text) ? 128 : 32;
  return z.regexes.ipv4.test(text) || isIPv6(text)
    ? `Use a CIDR block: ${text}/${bits} is this address alone.`
    : 'Use a CIDR block of clients, e.g. 203.0.113.0/24 or 2001:db8::/32.';
};

/** Constructs that RE2, and so AWS, does not have. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html */
const UNSUPPORTED: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, 'lookahead and lookbehind'],
  [/\(\?>/, 'atomic groups'],
  [/(?:[*+?}])\+/, 'possessive quantifiers'],
  [/\\(?:[1-9]|k<)/, 'references to groups'],
  [/\\p\{/i, 'Unicode classes such as \\p{L}'],
  [/\[\^?\][^\]]*$/, 'empty brackets'],
  [/\{(?:\d+,)?(?:[1-9]\d{4,}|(?!1000[,}])[1-9]\d{3})(?:,\d*)?\}/, 'repetitions above 1000'],
];

/** Matches an escaped letter that means nothing in RE2. JavaScript takes it for the letter itself. */
const MEANINGLESS_ESCAPE = /\\[ceghijklmoquyFGHIJKLMNORTUVXYZ]/;

/** Returns an expression as JavaScript takes it: flags and the names of groups have another form in RE2. */
const asJavaScript = (regex: string): string =>
  regex
    .replace(/(?<=(?:^|[^\\])(?:\\\\)*)\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?([:)])/g, (_, end) =>
      end === ':' ? '(?:' : '',
    )
    .replaceAll('(?P<', '(?<');

/** A regular expression of a transform. */
export const transformRegex: FieldRule = (text) => {
  const length = text === '' ? 'Use at least one character.' : tooLong(text, MAX_TRANSFORM_LENGTH);
  if (length !== undefined) return length;
  // Escaped punctuation and characters in brackets are literal.
  const unescaped = text.replace(/\\[^A-Za-z0-9]/g, '_');
  const meaningless = MEANINGLESS_ESCAPE.exec(unescaped);
  if (meaningless) return `Leave out ${meaningless[0]}: it means nothing in RE2.`;
  const bare = unescaped.replace(/\[(?!\^\])(?:\\.|[^\]\\])+\]/g, '_');
  const found = UNSUPPORTED.find(([pattern]) => pattern.test(bare));
  if (found) return `Leave out ${found[1]}: the load balancer's regular expressions have none.`;
  return isRegex(text) ? undefined : 'Use a regular expression that RE2 accepts.';
};

function isRegex(text: string): boolean {
  try {
    new RegExp(asJavaScript(text));
    return true;
  } catch {
    return false;
  }
}

export const replacement: FieldRule = (text) => tooLong(text, MAX_TRANSFORM_LENGTH);

/** Returns the number of groups of a regular expression. It is not run: some expressions take JavaScript exponential time. */
export const countGroups = (regex: string): number =>
  regex
    .replace(/\\./gs, '')
    .replace(/\[\^?\]?[^\]]*\]/g, '')
    .match(/\((?!\?)|\(\?P?<(?![=!])/g)?.length ?? 0;

/** Lists the groups that a replacement refers to. */
export const groupsIn = (replace: string): number[] =>
  [...replace.matchAll(/\$(\d+)/g)].map(([, group]) => Number(group));

const KEYWORDS = /#\{(protocol|host|port|path|query)\}/g;

const withKeywords =
  (max: number, isValid: (rest: string) => boolean, fix: string): FieldRule =>
  (text) => {
    const rest = text.replace(KEYWORDS, 'x');
    if (rest.includes('#{'))
      return 'Use the keywords #{protocol}, #{host}, #{port}, #{path} and #{query} only.';
    return tooLong(text, max) ?? (isValid(rest) ? undefined : fix);
  };

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html */
export const redirectHost = withKeywords(
  128,
  (rest) => /^[A-Za-z0-9.-]+$/.test(rest),
  'Use a host, e.g. example.com or www.#{host}, without scheme, port and path.',
);
export const redirectPath = withKeywords(
  128,
  (rest) => /^\/[!-~]*$/.test(rest) && !/[?#]/.test(rest),
  'Use a path that begins with a slash, e.g. /new/#{path}; a query string belongs in query.',
);
export const redirectQuery = withKeywords(
  128,
  (rest) => /^[!-~]*$/.test(rest) && !/^\?|#/.test(rest),
  'Use a query string without the question mark, e.g. #{query}&from=old.',
);
export const redirectPort: FieldRule = (text) =>
  text === '#{port}' || (/^[1-9]\d{0,4}$/.test(text) && Number(text) < 65_536)
    ? undefined
    : "Use a port from 1 to 65535 in quotes, e.g. '8443', or #{port}.";

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html */
export const responseBody: FieldRule = (text) => tooLong(text, 1024);
