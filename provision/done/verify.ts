/** Requests every routed path at the printed address, as the last step of a provision, and checks every answer. */
import type { Config } from '../../lib/config/config.ts';
import type { Event } from '../../lib/model/report.ts';
import { isProblem } from '../../lib/model/problem.ts';
import type { Run } from '../../lib/run/run.ts';
import { waitForSiblings } from '../../lib/engine/concurrent.ts';
import { failed, pending, ready, until } from '../../lib/engine/until.ts';
import type { PathAnswer } from './path-answer.ts';
import { requestPath } from './request-path.ts';
import { answersText, isGood, sample } from './sample.ts';
import { alwaysFails, sometimesFails, unanswered, type CheckedPath } from './unanswered.ts';
import type { PublicAddress } from './url.ts';
import { addressFor, verifiedRoutes } from './verified-routes.ts';

/** How long a healthy program may answer every request with an error before waiting longer is pointless, milliseconds. */
const PATIENCE_MS = 5000;

/** The number of timeouts in a row after which a load balancer for certain clients counts as unreachable from this machine. */
const MAX_TIMEOUTS = 3;

/**
 * Returns what is known about a path that fails.
 * @param answers the answers so far
 */
export type Explain = (
  route: Pick<CheckedPath, 'service' | 'container'>,
  answers: readonly PathAnswer[],
) => Promise<Omit<CheckedPath, 'url' | 'service' | 'container'>>;

/**
 * Requests every routed path until a service answers, and then several times more. Any response of the service counts as good,
 * except a 5xx error. If some of these requests fail, the path is requested again as often: a failure that does not recur is
 * reported as a warning.
 * @returns whether this machine trusts the certificate; true without HTTPS
 * @throws UNANSWERED if a path is not answered in time, or answered by errors, always or sometimes
 */
export async function verify(
  config: Config,
  publicAddress: PublicAddress,
  run: Run,
  explain: Explain,
): Promise<boolean> {
  const routes = verifiedRoutes(config).filter(({ service }) => service.count > 0);
  let isTrusted = true;
  const reported = new Set<string>();
  /** Each listener of someone else may have a certificate for each host. */
  const reportCertificate = (address: PublicAddress, { distrust, names }: PathAnswer) => {
    const { tls } = address;
    const event =
      distrust !== undefined
        ? untrusted(tls?.isOthers ? address : publicAddress, distrust)
        : names !== undefined && tls?.servername === ''
          ? unknownHost(names)
          : undefined;
    if (!event) return;
    isTrusted = false;
    if (!reported.has(event.text)) run.report(event);
    reported.add(event.text);
  };
  const checks = routes.map(async ({ service, container, request }) => {
    const { path } = request;
    const address = addressFor(publicAddress, request);
    const url = `${address.url}${path}`;
    const checked: Checked = async (all) => ({
      ...{ url, service, container },
      ...(await explain({ service, container }, all)),
    });
    const first = await firstAnswer(url, address, path, run, checked, isRestricted(config));
    if (first.from === 'none') return run.report(unreachable(url, config));
    reportCertificate(address, first);
    if (first.isBlocked) return run.report(blocked(url, config));
    run.report({ type: 'note', text: `${address.http2 === 'GRPC' ? 'gRPC' : 'GET'} ${url}  ${first.text}` });
    if (first.status === 404 && request.isUnchanged) run.report(unknownPath(path, container.name));
    const answers = await sample(address, path, service.count, run);
    if (answers.every(isGood)) return;
    await run.clock.sleep(run.waits.answer.every, run.signal);
    const again = await sample(address, path, service.count, run);
    const all = [first, ...answers, ...again];
    if (!again.every(isGood)) throw sometimesFails(await checked(all), all);
    run.report({
      type: 'warning',
      text: `${url} failed for ${answers.filter((answer) => !isGood(answer)).length} of the first ${answers.length} requests (${answersText(answers)}), but for none of the next ${again.length}.`,
    });
  });
  await waitForSiblings(checks);
  return isTrusted;
}

type Checked = (answers: readonly PathAnswer[]) => Promise<CheckedPath>;

/**
 * Waits for the first good answer.
 * @param mayBeUnreachable whether to return an answer from `none` after a few timeouts
 * @throws UNANSWERED if no answer arrives in time, or if the program itself keeps answering with errors
 */
async function firstAnswer(
  url: string,
  address: PublicAddress,
  path: string,
  run: Run,
  checked: Checked,
  mayBeUnreachable: boolean,
): Promise<PathAnswer> {
  let lastText = '';
  let last: PathAnswer | undefined;
  const onPending = (text: string) => {
    if (text !== lastText) run.report({ type: 'note', text });
    lastText = text;
  };
  const errors: PathAnswer[] = [];
  let timeouts = 0;
  let firstErrorAt = 0;
  const probe = async () => {
    const answer = (last = await requestPath(address, path, run));
    if (isGood(answer)) return ready(answer);
    timeouts = answer.isTimeout ? timeouts + 1 : 0;
    if (mayBeUnreachable && timeouts === MAX_TIMEOUTS) return ready(answer);
    if (answer.from !== 'program') errors.length = 0;
    else if (errors.push(answer) === 1) firstErrorAt = run.clock.now();
    else if (run.clock.now() - firstErrorAt >= PATIENCE_MS)
      return failed(answer.text, alwaysFails(await checked(errors), errors));
    return pending(
      answer.status === undefined ? `${path}: ${answer.text}` : `${path} answers ${answer.text}`,
    );
  };
  try {
    return await until(`${url} to answer`, run.waits.answer, probe, { ...run, onPending });
  } catch (error) {
    if (run.signal.aborted || isProblem(error, 'UNANSWERED')) throw error;
    throw unanswered(await checked(last ? [last] : []), error);
  }
}

/** Whether the load balancer may drop the requests of this machine. */
const isRestricted = ({ internal, clients, loadBalancer }: Config): boolean =>
  internal || clients !== undefined || loadBalancer !== undefined;

/** Returns the warning for a stack that does not answer this machine, possibly on purpose. */
const unreachable = (url: string, { internal, clients, loadBalancer }: Config): Event => ({
  type: 'warning',
  text: `${url} does not answer this machine, so it was not checked: ${
    loadBalancer
      ? 'the owner of the load balancer decides who may connect'
      : internal
        ? 'the load balancer is internal'
        : `clients admits only ${clients?.join(', ')}`
  }. Its tasks are healthy.`,
});

/** Returns the warning for a stack whose load balancer refuses this machine's request, possibly on purpose. */
const blocked = (url: string, { waf }: Config): Event => ({
  type: 'warning',
  text: `${url} answers this machine with 403, because ${
    waf === undefined
      ? 'a rule of the load balancer, or a web ACL that is not in the configuration, blocks the request'
      : 'the web ACL in waf blocks the request'
  }, so it was not checked. Its tasks are healthy.`,
});

/** Returns the warning for a certificate that clients will not accept. The stack is up all the same. */
const untrusted = ({ url, tls }: PublicAddress, distrust: string) => ({
  type: 'warning' as const,
  text: tls?.isOthers
    ? `${url} has a certificate of the owner of the load balancer that clients will not accept: ${distrust}. The paths were requested without this check. The owner can add a certificate to the listener.`
    : `${url} serves the certificate in domain.certificate, which this machine does not trust: ${distrust}. The paths were requested without this check. Clients must trust that authority: for curl, --cacert with a file of its certificate.`,
});

/** Returns the note for a listener of someone else and routes without a host: which name clients use is not known. */
const unknownHost = (names: string) => ({
  type: 'note' as const,
  text: `no route names a host, so the name in the certificate of the load balancer was not checked: it is for ${names}`,
});

/** Returns the warning for a program that expects requests at /: the load balancer forwards the whole path. */
const unknownPath = (path: string, name: string): Event => ({
  type: 'warning',
  text: `${name} does not know ${path}: the load balancer forwards the whole path. With stripPath: true, the program gets what follows it.`,
});
