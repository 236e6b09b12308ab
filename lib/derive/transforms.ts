/** The transforms of rules: how the load balancer changes a request before the program gets it. Pure. */
import type { RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RouteToContainer } from '../config/route-schema.ts';

interface RegexReplacement {
  readonly regex: string;
  readonly replace: string;
}

/**
 * Removes paths from the beginning of a URL. What remains begins with exactly one slash, also for the path itself: `/api1?a=1`
 * becomes `/?a=1`. `/api1//evil.example` becomes `/evil.example`: a program that redirects to a URL that begins with two slashes
 * sends the client to another host. The conditions of the rule make sure that a slash, a question mark or nothing follows the path.
 */
export const strippingRewrite = (paths: readonly string[]): RegexReplacement => ({
  regex: `^(?:${[...paths]
    .sort((one, other) => other.length - one.length || (one < other ? -1 : 1))
    .map((path) => path.replace(/[.$+]/g, '\\$&'))
    .join('|')})/*(.*)$`,
  replace: '/$1',
});

/**
 * Returns the transforms of a route: at most one of the URL and one of the host.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
 */
export function transformsFor(
  { stripPath, rewrite }: Partial<Pick<RouteToContainer, 'stripPath' | 'rewrite'>>,
  paths: readonly string[],
): RuleTransform[] {
  const url = stripPath ? strippingRewrite(paths) : rewrite?.url;
  const host = rewrite?.host;
  return [
    ...(host
      ? [{ Type: 'host-header-rewrite' as const, HostHeaderRewriteConfig: { Rewrites: [rewriteOf(host)] } }]
      : []),
    ...(url ? [{ Type: 'url-rewrite' as const, UrlRewriteConfig: { Rewrites: [rewriteOf(url)] } }] : []),
  ];
}

const rewriteOf = ({ regex, replace }: RegexReplacement) => ({ Regex: regex, Replace: replace });

/** Describes transforms: `url ^(?:/api1)/*(.*)$ → /$1`. */
export const transformsText = (transforms: readonly RuleTransform[] = []): string =>
  transforms
    .map(({ Type = '', UrlRewriteConfig, HostHeaderRewriteConfig }) => {
      const rewrites = (UrlRewriteConfig ?? HostHeaderRewriteConfig)?.Rewrites ?? [];
      return `${Type.replace(/-.*/, '')} ${rewrites.map(({ Regex, Replace }) => `${Regex} → ${Replace}`).join(', ')}`;
    })
    .sort()
    .join(', ');
