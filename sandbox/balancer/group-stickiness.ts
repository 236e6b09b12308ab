/** Sticky rules: the cookies by which a rule with several target groups remembers the group of a client. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { HeaderField } from './headers.ts';
import { cookieAttributes, cookiesIn, corsAttributes, seal, unseal } from './sealed-cookies.ts';
import { routableTargets } from './selection.ts';
import type { ListenerView } from './view.ts';

const GROUP_COOKIE = 'AWSALBTG';
const GROUP_CORS_COOKIE = 'AWSALBTGCORS';

/** The content of a cookie: a target group, and the time until which it counts, in milliseconds since 1970. */
type Remembered = readonly [targetGroupArn: string, until: number];

/**
 * Returns the target group of a forward action to which a client's cookie refers; undefined if the action is not sticky, the
 * cookie does not count, or the group has no target for requests.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
 * @param headers the headers of the client's request
 */
export function rememberedGroup(
  view: ListenerView,
  { ForwardConfig }: Action,
  headers: readonly HeaderField[],
): string | undefined {
  if (!ForwardConfig?.TargetGroupStickinessConfig?.Enabled) return undefined;
  const cookies = cookiesIn(headers);
  const remembered = [GROUP_COOKIE, GROUP_CORS_COOKIE]
    .map((name) => unseal(view.cookieSecret, cookies.get(name)))
    .find((content): content is Remembered => content !== undefined);
  if (remembered === undefined || remembered[1] <= view.now()) return undefined;
  const [arn] = remembered;
  const isNamed = ForwardConfig.TargetGroups?.some(({ TargetGroupArn }) => TargetGroupArn === arn);
  return isNamed && routableTargets(view.targets(arn)).length > 0 ? arn : undefined;
}

/** Returns the values of the `Set-Cookie` headers for a client that the rule has just sent to a group. */
export function groupCookies(view: ListenerView, targetGroupArn: string, seconds: number): string[] {
  const now = view.now();
  const value = seal(view.cookieSecret, [targetGroupArn, now + seconds * 1000] satisfies Remembered);
  const attributes = cookieAttributes(now);
  return [
    `${GROUP_COOKIE}=${value}; ${attributes}`,
    `${GROUP_CORS_COOKIE}=${value}; ${attributes}; ${corsAttributes(view.tls() !== undefined)}`,
  ];
}
