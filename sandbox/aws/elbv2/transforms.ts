/** Checks the transforms of rules. AWS documents the limits; the messages of its refusals are not documented. */
import type { RewriteConfig, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isRegex } from '../../balancer/regex.ts';
import { validation } from './errors.ts';

const MAX_LENGTH = 1024;

/** For each type, the member of a transform that contains its configuration. */
const CONFIG_MEMBERS = {
  'url-rewrite': 'UrlRewriteConfig',
  'host-header-rewrite': 'HostHeaderRewriteConfig',
} as const;

/**
 * Checks the transforms of a call.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
 */
export function checkTransforms(transforms: RuleTransform[] | undefined): RuleTransform[] {
  const checked = (transforms ?? []).map(checkTransform);
  for (const type of Object.keys(CONFIG_MEMBERS)) {
    if (checked.filter(({ Type }) => Type === type).length > 1)
      throw validation(`A rule can only have one '${type}' transform`);
  }
  return checked;
}

function checkTransform({ Type, ...configs }: RuleTransform): RuleTransform {
  if (!Type) throw validation('A transform type must be specified');
  if (!Object.hasOwn(CONFIG_MEMBERS, Type))
    throw validation(`Transform type '${Type}' must be one of '[${Object.keys(CONFIG_MEMBERS).join(', ')}]'`);
  const member = CONFIG_MEMBERS[Type];
  const other = Object.entries(configs).find(([key, value]) => key !== member && value !== undefined);
  if (other) throw validation(`The '${other[0]}' field is not compatible with '${Type}'`);
  const rewrites = configs[member]?.Rewrites ?? [];
  const [rewrite, second] = rewrites;
  if (!rewrite) throw validation(`A '${member}' must be specified with '${Type}'`);
  // The API has a list, but AWS documents only transforms of one expression and one replacement.
  if (second) throw validation(`The '${Type}' transform contains too many rewrites; the limit is '1'`);
  return { Type, [member]: { Rewrites: [checkRewrite(rewrite)] } };
}

function checkRewrite({ Regex, Replace }: RewriteConfig): RewriteConfig {
  if (!Regex) throw validation("A 'Regex' must be specified");
  if (Replace === undefined) throw validation("A 'Replace' must be specified");
  for (const [member, text] of Object.entries({ Regex, Replace })) {
    if (text.length > MAX_LENGTH)
      throw validation(`The '${member}' value is too long; the limit is '${MAX_LENGTH}'`);
  }
  if (!isRegex(Regex)) throw validation(`The regex value '${Regex}' is not valid`);
  return { Regex, Replace };
}
