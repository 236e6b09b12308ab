/** For interruptions: an endpoint that forwards a given number of calls to a sandbox, and then stops answering. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from '@jest/globals';

/** An endpoint that stops answering. */
export interface SilentEndpoint {
  readonly url: string;
  /** Answers the given number of calls, and then no more. */
  answerNext(calls: number): void;
  /** Resolves when the first unanswered call arrives. */
  readonly firstUnansweredCall: () => Promise<void>;
}

const cleanups: (() => void)[] = [];
afterAll(() => cleanups.splice(0).forEach((close) => close()));

/** Starts the endpoint. @param sandboxUrl the URL to which calls are forwarded */
export async function silentEndpoint(sandboxUrl: string): Promise<SilentEndpoint> {
  let answersLeft = 0;
  let isSilent = false;
  let notify = () => undefined as void;
  const server = createServer((incoming, response) => {
    if ((answersLeft -= 1) >= 0) return forward(sandboxUrl, incoming, response);
    isSilent = true;
    notify();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answerNext(calls) {
      // Drops an earlier run's requests that are still in flight.
      server.closeAllConnections();
      answersLeft = calls;
      isSilent = false;
    },
    firstUnansweredCall: () => new Promise((resolve) => (isSilent ? resolve() : (notify = resolve))),
  };
}

function forward(sandboxUrl: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, url = '/', headers } = incoming;
  const forwarded = request(new URL(url, sandboxUrl), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  forwarded.on('error', () => response.destroy());
  incoming.pipe(forwarded);
}
