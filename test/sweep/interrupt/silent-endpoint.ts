/** For interruptions: an endpoint that forwards calls to a sandbox until, after a given call, it stops answering. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from '@jest/globals';

/** An endpoint that stops answering. */
export interface SilentEndpoint {
  readonly url: string;
  /** Answers the given number of calls, and no later call. */
  answerNext(calls: number): void;
  /** Resolves when a call arrives that is not answered. */
  readonly unanswered: () => Promise<void>;
}

const closing: (() => void)[] = [];
afterAll(() => closing.splice(0).forEach((close) => close()));

/** Starts the endpoint. @param behind the endpoint that calls are forwarded to */
export async function silentEndpoint(behind: string): Promise<SilentEndpoint> {
  let left = 0;
  let isSilent = false;
  let notify = () => undefined as void;
  const server = createServer((asked, answered) => {
    if ((left -= 1) >= 0) return forward(behind, asked, answered);
    isSilent = true;
    notify();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answerNext(calls) {
      // Drops an earlier run's requests that are still in flight.
      server.closeAllConnections();
      left = calls;
      isSilent = false;
    },
    unanswered: () => new Promise((resolve) => (isSilent ? resolve() : (notify = resolve))),
  };
}

function forward(behind: string, asked: IncomingMessage, answered: ServerResponse): void {
  const { method, url = '/', headers } = asked;
  const sent = request(new URL(url, behind), { method, headers }, (answer) => {
    answered.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(answered);
  });
  sent.on('error', () => answered.destroy());
  asked.pipe(sent);
}
