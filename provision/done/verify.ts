/** The last step of a provision: a request to every routed path, through the address that we print. */
import { request } from 'node:http';
import { messageOf } from '../../lib/aws/errors.ts';
import { routesOf, type Config } from '../../lib/config/config.ts';
import { problem } from '../../lib/model/problem.ts';
import type { Event } from '../../lib/model/report.ts';
import type { Run } from '../../lib/run/run.ts';
import { waitForAll } from '../../lib/engine/concurrent.ts';
import { pending, ready, until, type ProbeResult } from '../../lib/engine/until.ts';
import { NO_SERVICE } from '../steps/listener.ts';
import type { PublicAddress } from './url.ts';

/** How long one request may take, milliseconds. */
const TIMEOUT_MS = 5000;

/** The answer to one request. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Sends a GET the way the name would lead it, whatever this machine's resolver knows. */
function get({ host, connect }: PublicAddress, path: string, { signal, waits }: Run): Promise<Answer> {
  const timeout = Math.min(TIMEOUT_MS, waits.answer.deadline);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...connect,
        path,
        headers: { host, 'user-agent': 'slipway' },
        agent: false,
        timeout,
        signal,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
        response.on('error', reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeout / 1000} s`)));
    sent.on('error', reject);
    sent.end();
  });
}

/** A service answered: anything but the load balancer's own errors and its answer for unknown paths. */
async function probe(address: PublicAddress, path: string, run: Run): Promise<ProbeResult<number>> {
  try {
    const { status, body } = await get(address, path, run);
    const isOurs = status < 500 && !(status === 404 && body === NO_SERVICE);
    return isOurs ? ready(status) : pending(`${path} answers ${status}`);
  } catch (error) {
    if (run.signal.aborted) throw error;
    return pending(`${path}: ${messageOf(error)}`);
  }
}

/**
 * Asks every routed path until a service answers.
 * @throws UNANSWERED when one does not in time
 */
export async function verify(config: Config, address: PublicAddress, run: Run): Promise<void> {
  const asked = routesOf(config).filter(({ service }) => service.count > 0);
  const answers = asked.map(async ({ container: { name, path } }) => {
    const url = `${address.url}${path}`;
    let last = '';
    const onPending = (text: string) => {
      if (text !== last) run.report({ type: 'note', text });
      last = text;
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
  await waitForAll(answers);
}

/** The load balancer hands the whole path on: programs that were written to answer at / are surprised. */
const unknownPath = (path: string, name: string): Event => ({
  type: 'warning',
  text: `${name} answers, and knows nothing at ${path}: the load balancer hands on the whole path.`,
});

const unanswered = (url: string, cause: unknown) =>
  problem('UNANSWERED', {
    what: `${url} is not answered.`,
    why: messageOf(cause),
    now: 'Everything is made and healthy as far as AWS says.',
    fix: [`curl -v ${url}`, 'npm run provision, to look again'],
    cause,
  });
