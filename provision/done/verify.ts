/** Requests every routed path at the printed address, as the last step of a provision. */
import { request } from 'node:http';
import { messageOf } from '../../lib/aws/errors.ts';
import { routesOf, type Config } from '../../lib/config/config.ts';
import { problem } from '../../lib/model/problem.ts';
import type { Event } from '../../lib/model/report.ts';
import type { Run } from '../../lib/run/run.ts';
import { waitForSiblings } from '../../lib/engine/concurrent.ts';
import { pending, ready, until, type ProbeResult } from '../../lib/engine/until.ts';
import { NO_SERVICE } from '../steps/listener.ts';
import type { PublicAddress } from './url.ts';

/** The timeout of a request, milliseconds. */
const TIMEOUT_MS = 5000;

/** The answer to one request. */
interface Answer {
  readonly status: number;
  /** Whether the load balancer itself answered, because no rule matches the path. */
  readonly isFromBalancer: boolean;
}

/**
 * Sends a GET to the address without using this machine's resolver. The headers of the response are enough: its body may be a
 * stream that never ends. The body is read only if the status is 404, to find out whether the load balancer itself sent the
 * response.
 */
function get({ host, connect }: PublicAddress, path: string, { signal, waits }: Run): Promise<Answer> {
  const timeout = Math.min(TIMEOUT_MS, waits.answer.deadline);
  return new Promise((resolve, reject) => {
    const headers = { host, 'user-agent': 'slipway' };
    const clientRequest = request({ ...connect, path, headers, agent: false, signal });
    // Node's own timeout starts again with every byte.
    const timer = setTimeout(
      () => clientRequest.destroy(new Error(`no answer within ${timeout / 1000} s`)),
      timeout,
    );
    clientRequest.on('response', (response) => {
      const { statusCode: status = 0 } = response;
      let body = '';
      const settle = () => {
        resolve({ status, isFromBalancer: body === NO_SERVICE });
        clientRequest.destroy();
      };
      response.on('error', settle);
      if (status !== 404) return settle();
      response.setEncoding('latin1').on('end', settle);
      response.on('data', (text: string) => {
        body += text;
        if (!NO_SERVICE.startsWith(body)) settle();
      });
    });
    clientRequest.on('error', reject);
    clientRequest.on('close', () => clearTimeout(timer));
    clientRequest.end();
  });
}

/** Checks whether a service answers. Any response counts, except a 5xx error or the load balancer's 404 for unknown paths. */
async function probe(address: PublicAddress, path: string, run: Run): Promise<ProbeResult<number>> {
  try {
    const { status, isFromBalancer } = await get(address, path, run);
    const isFromService = status < 500 && !isFromBalancer;
    return isFromService ? ready(status) : pending(`${path} answers ${status}`);
  } catch (error) {
    if (run.signal.aborted) throw error;
    return pending(`${path}: ${messageOf(error)}`);
  }
}

/**
 * Requests every routed path until a service answers.
 * @throws UNANSWERED if a path is not answered in time
 */
export async function verify(config: Config, address: PublicAddress, run: Run): Promise<void> {
  const routes = routesOf(config).filter(({ service }) => service.count > 0);
  const answers = routes.map(async ({ container: { name, path } }) => {
    const url = `${address.url}${path}`;
    let lastText = '';
    const onPending = (text: string) => {
      if (text !== lastText) run.report({ type: 'note', text });
      lastText = text;
    };
    try {
      const probing = () => probe(address, path, run);
      const status = await until(`${url} to answer`, run.waits.answer, probing, { ...run, onPending });
      run.report({ type: 'note', text: `GET ${url}  ${status}` });
      if (status === 404) run.report(unknownPath(path, name));
    } catch (error) {
      throw run.signal.aborted ? error : unanswered(url, error);
    }
  });
  await waitForSiblings(answers);
}

/** Returns the warning for a program that expects requests at /: the load balancer forwards the whole path. */
const unknownPath = (path: string, name: string): Event => ({
  type: 'warning',
  text: `${name} does not know ${path}: the load balancer forwards the whole path, without removing a prefix.`,
});

const unanswered = (url: string, cause: unknown) =>
  problem('UNANSWERED', {
    what: `${url} does not answer.`,
    why: messageOf(cause),
    now: 'Everything is created, and healthy according to AWS.',
    fix: [`curl -v ${url}`, 'npm run provision, to check again'],
    cause,
  });
