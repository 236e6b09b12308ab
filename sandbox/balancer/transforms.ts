/** Applies the transforms of a rule to a request, after the rule has been chosen and before the request is forwarded. */
import type { RewriteConfig, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RoutedRequest } from './conditions.ts';
import { replaceRegex } from './regex.ts';

/** A path with an optional query string, as the first line of a request can contain it. */
const URL_FORM = /^\/[!-~]*$/;
const HOST_FORM = /^[A-Za-z0-9._-]+(?::\d+)?$/;

/**
 * Returns the request for the target. A transform whose expression does not match leaves the request as it is. The rule is not
 * chosen again. A rewrite of the URL gets the path that the conditions have seen, which is normalised. Otherwise a request could
 * match a pattern with another spelling of its path (`/%61pi1/users`), and then pass the rewrite unchanged.
 * @returns undefined if a transform fails: its result is no URL or no host. The load balancer then responds with 500.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
 */
export function transform(
  request: RoutedRequest,
  transforms: readonly RuleTransform[] = [],
): RoutedRequest | undefined {
  let { url, headers } = request;
  for (const { Type, UrlRewriteConfig, HostHeaderRewriteConfig } of transforms) {
    if (Type === 'url-rewrite') {
      const rewritten = rewrite(normalizedUrl(request), UrlRewriteConfig?.Rewrites);
      if (rewritten === normalizedUrl(request)) continue;
      if (!URL_FORM.test(rewritten)) return undefined;
      url = rewritten;
    } else {
      const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
      const rewritten = rewrite(host, HostHeaderRewriteConfig?.Rewrites);
      if (rewritten === host) continue;
      if (!HOST_FORM.test(rewritten)) return undefined;
      headers = headers.map((field) => (field[0].toLowerCase() === 'host' ? [field[0], rewritten] : field));
    }
  }
  return { ...request, url, headers };
}

/** Returns the normalised path and the query string, with the question mark as the client sent it. */
const normalizedUrl = ({ path, rawPath, url }: RoutedRequest): string => path + url.slice(rawPath.length);

const rewrite = (text: string, rewrites: readonly RewriteConfig[] = []): string =>
  rewrites.reduce((current, { Regex = '', Replace = '' }) => replaceRegex(Regex, current, Replace), text);
