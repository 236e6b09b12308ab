/** For interruptions: an endpoint that hands calls on to a sandbox, and from some call on takes them and never answers. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from '@jest/globals';

export interface SilentEndpoint {
  readonly url: string;
  /** Answers the next calls, and then none any more. */
  answerNext(calls: number): void;
  /** Resolves when a call came that gets no answer. */
  readonly unanswered: () => Promise<void>;
}

const closing: (() => void)[] = [];
afterAll(() => closing.splice(0).forEach((close) => close()));

/** @param behind the endpoint that answers */
export async function silentEndpoint(behind: string): Promise<SilentEndpoint> {
  let left = 0;
  let isSilent = false;
  let told = () => undefined as void;
  const server = createServer((asked, answered) => {
    if ((left -= 1) >= 0) return forward(behind, asked, answered);
    isSilent = true;
    told();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answerNext(calls) {
      // What an earlier run sent last may still be on its way.
      server.closeAllConnections();
      left = calls;
      isSilent = false;
    },
    unanswered: () => new Promise((resolve) => (isSilent ? resolve() : (told = resolve))),
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
