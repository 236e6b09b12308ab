/** Sticky sessions: the cookies by which the load balancer remembers the target of a client. */
import { headerPairs, type HeaderField } from './headers.ts';
import { cookieAttributes, cookiesIn, corsAttributes, seal, unseal } from './sealed-cookies.ts';
import { routableTargets } from './selection.ts';
import type { ListenerView, TargetView } from './view.ts';

/** The session of a request with one target group. */
export interface StickySession {
  /** The target to which the client's cookie refers, if requests can go to it. */
  readonly target: TargetView | undefined;
  /**
   * Returns the values of the `Set-Cookie` headers for the client.
   * @param rawHeaders the headers of the target's response
   */
  cookiesFor(target: TargetView, rawHeaders: readonly string[]): readonly string[];
}

/** The target per target group, and when the load balancer last sent a request there, in milliseconds since 1970. */
type Remembered = Readonly<Record<string, readonly [target: string, at: number]>>;

const DURATION_COOKIE = 'AWSALB';
const CORS_COOKIE = 'AWSALBCORS';
/** AWS splits a cookie of more than 4 KiB into up to four; these never become that long. */
const APP_COOKIE = 'AWSALBAPP-0';
const DEFAULT_SECONDS = 86_400;

const nameOf = ({ id, port }: TargetView): string => `${id}:${port}`;

/**
 * Reads the session of a request; undefined if the target group is not sticky.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html
 * @param headers the headers of the client's request
 */
export function stickySessionOf(
  view: ListenerView,
  targetGroupArn: string,
  headers: readonly HeaderField[],
): StickySession | undefined {
  const attribute = (key: string) => view.groupAttribute(targetGroupArn, `stickiness.${key}`);
  if (attribute('enabled') !== 'true') return undefined;
  const isByProgram = attribute('type') === 'app_cookie';
  const programCookie = isByProgram ? (attribute('app_cookie.cookie_name') ?? '') : undefined;
  const seconds = attribute(`${isByProgram ? 'app' : 'lb'}_cookie.duration_seconds`) ?? DEFAULT_SECONDS;
  const cookies = cookiesIn(headers);
  const remembered = (isByProgram ? [APP_COOKIE] : [DURATION_COOKIE, CORS_COOKIE])
    .map((name) => unseal(view.cookieSecret, cookies.get(name)))
    .find((content): content is Remembered => content !== undefined);
  const [name, at = 0] = remembered?.[targetGroupArn] ?? [];
  const isCurrent = view.now() - at < Number(seconds) * 1000;
  const target =
    isCurrent && (programCookie === undefined || cookies.has(programCookie))
      ? routableTargets(view.targets(targetGroupArn)).find((one) => nameOf(one) === name)
      : undefined;
  return {
    target,
    cookiesFor(served, rawHeaders) {
      // Without the program's cookie no session begins; a session that exists is extended.
      if (programCookie !== undefined && !target && !setsCookie(rawHeaders, programCookie)) return [];
      const now = view.now();
      const value = seal(view.cookieSecret, { ...remembered, [targetGroupArn]: [nameOf(served), now] });
      const attributes = cookieAttributes(now);
      if (isByProgram) return [`${APP_COOKIE}=${value}; ${attributes}`];
      return [
        `${DURATION_COOKIE}=${value}; ${attributes}`,
        `${CORS_COOKIE}=${value}; ${attributes}; ${corsAttributes(view.tls() !== undefined)}`,
      ];
    },
  };
}

const setsCookie = (rawHeaders: readonly string[], cookie: string): boolean =>
  headerPairs(rawHeaders).some(
    ([name, value]) => name.toLowerCase() === 'set-cookie' && value.startsWith(`${cookie}=`),
  );
