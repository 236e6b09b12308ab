// Verifying routed paths with requests to real servers on this machine.
import { createServer, type OutgoingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Config } from '../../../../lib/config/config.ts';
import type { Event } from '../../../../lib/model/report.ts';
import type { Run } from '../../../../lib/run/run.ts';
import { localWaits } from '../../../../lib/engine/waits.ts';
import { NO_SERVICE } from '../../../../provision/steps/listener.ts';
import type { PathAnswer } from '../../../../provision/done/path-answer.ts';
import { verify, type Explain } from '../../../../provision/done/verify.ts';
import { config, testClock } from '../../step-harness.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanups.splice(0)) await close();
});

/** Starts a server and returns its port. After the test, the server and its connections are closed. */
const serve = (listener: RequestListener): Promise<number> => listen(createServer(listener));

/** Does the same as `serve`, for a server that answers with raw bytes instead of HTTP. */
const serveRaw = (answer: (socket: Socket) => void): Promise<number> =>
  listen(createTcpServer((socket) => void socket.once('data', () => answer(socket))));

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  return (server.address() as AddressInfo).port;
}

/**
 * Returns a run that waits for three probes, on a clock that takes no real time.
 * @param every milliseconds between probes; a request times out after 2.5 times this interval, in real time
 */
function runOf(signal = new AbortController().signal, every = 1000) {
  const events: Event[] = [];
  const report = (event: Event) => void events.push(event);
  const waits = { ...localWaits, answer: { first: 0, every, deadline: 2.5 * every } };
  return { ...({ clock: testClock(), signal, waits, report } as unknown as Run), events };
}
const addressOf = (port: number) => ({
  url: `http://api.example.com:${port}`,
  host: `api.example.com:${port}`,
  connect: { host: '127.0.0.1', port },
});
const explain = () =>
  Promise.resolve({
    log: ['api1 logged:', '  TypeError: x'],
    logGroup: '/shop/dev',
    hasEarlierVersion: true,
    cause: undefined,
  });
const notes = ({ events }: { events: readonly Event[] }) =>
  events.map((event) => ('text' in event ? event.text : '')).sort();
/** The configuration with these changes to its only service. */
const configWith = (change: Partial<Config['services'][number]>) =>
  config({ services: config().services.map((service) => ({ ...service, ...change })) });
const [service] = config().services;
const oneContainer = configWith({ containers: (service?.containers ?? []).slice(0, 1) });

test.each([
  ['the web ACL in waf blocks the request', { waf: 'arn' }],
  ['a rule of the load balancer, or a web ACL that is not in the configuration, blocks the request', {}],
])(
  'a load balancer that refuses this machine is reported, and the path is not checked: %s',
  async (cause, fields) => {
    const port = await serve((_request, response) => response.writeHead(403, { server: 'awselb/2.0' }).end());
    const run = runOf();
    await verify({ ...oneContainer, ...fields }, addressOf(port), run, explain);
    expect(notes(run)).toEqual([
      `http://api.example.com:${port}/api1 answers this machine with 403, because ${cause}, so it was not checked. Its tasks are healthy.`,
    ]);
  },
);

test('a load balancer that drops the requests of this machine on purpose is reported, and not waited for', async () => {
  const port = await listen(createTcpServer());
  const run = runOf(undefined, 40);
  Object.assign(run.waits.answer, { every: 1 });
  const address = addressOf(port);
  const restricted = { ...oneContainer, clients: ['198.51.100.0/24'] };
  await verify(restricted, address, run, explain);
  expect(notes(run).at(-1)).toBe(
    `${address.url}/api1 does not answer this machine, so it was not checked: clients admits only 198.51.100.0/24. Its tasks are healthy.`,
  );
});

test('every routed path is requested, with the name in the URL as the host header', async () => {
  const requests: unknown[] = [];
  const port = await serve(({ method, url, headers: { host } }, response) => {
    requests.push({ method, url, host });
    response.end('hello');
  });
  const run = runOf();
  await verify(config(), addressOf(port), run, explain);
  const host = `api.example.com:${port}`;
  expect(requests).toEqual(
    expect.arrayContaining([
      { method: 'GET', url: '/api1', host },
      { method: 'GET', url: '/api2', host },
    ]),
  );
  // The first request of each path, and five more for each task.
  expect(requests).toHaveLength(2 * (1 + 5 * (service?.count ?? 0)));
  expect(notes(run)).toEqual([`GET http://${host}/api1  200`, `GET http://${host}/api2  200`]);
});

test.each([302, 401, 404, 405])(
  'status %i is accepted, since the service itself answers with it',
  async (status) => {
    const port = await serve((_request, response) => response.writeHead(status).end('{"title":"not here"}'));
    const run = runOf();
    await verify(oneContainer, addressOf(port), run, explain);
    const [note, ...warnings] = notes(run);
    expect(note).toBe(`GET http://api.example.com:${port}/api1  ${status}`);
    const unknownPathWarning =
      'api1 does not know /api1: the load balancer forwards the whole path. With stripPath: true, the program gets what follows it.';
    expect(warnings).toEqual(status === 404 ? [unknownPathWarning] : []);
  },
);

test('a request is repeated while the load balancer itself answers with 503, or with 404 for a path without a rule', async () => {
  const answers: [number, string][] = [
    [503, ''],
    [404, NO_SERVICE],
    [200, 'hello'],
  ];
  let requestCount = 0;
  const port = await serve((_request, response) => {
    const [status, body] = answers[requestCount] ?? [200, 'hello'];
    requestCount += 1;
    response.writeHead(status).end(body);
  });
  const run = runOf();
  await verify(oneContainer, addressOf(port), run, explain);
  expect(requestCount).toBeGreaterThan(3);
  expect(notes(run)).toEqual([
    '/api1 answers 404',
    '/api1 answers 503',
    `GET http://api.example.com:${port}/api1  200`,
  ]);
});

test("the load balancer's own 404 is never accepted as the service's answer", async () => {
  const port = await serve((_request, response) => response.writeHead(404).end(NO_SERVICE));
  await expect(verify(oneContainer, addressOf(port), runOf(), explain)).rejects.toMatchObject({
    code: 'UNANSWERED',
    what: `http://api.example.com:${port}/api1 does not answer.`,
    why: expect.stringContaining('The last check reported: /api1 answers 404.'),
    now: 'Everything is created, and healthy according to AWS.',
    fix: [`curl -v http://api.example.com:${port}/api1`, 'npm run provision, to check again'],
  });
});

test('a path is reported if nothing listens on the port', async () => {
  const port = await serve(() => undefined);
  for (const close of cleanups.splice(0)) await close();
  await expect(verify(oneContainer, addressOf(port), runOf(), explain)).rejects.toMatchObject({
    code: 'UNANSWERED',
    why: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a path is reported if connections are accepted but requests are never answered', async () => {
  let requestCount = 0;
  const port = await serve(() => void (requestCount += 1));
  let explained: readonly PathAnswer[] = [];
  const explainAnswers: Explain = (_route, answers) => ((explained = answers), explain());
  const verified = verify(oneContainer, addressOf(port), runOf(undefined, 100), explainAnswers);
  await expect(verified).rejects.toMatchObject({
    code: 'UNANSWERED',
    why: expect.stringContaining('/api1: no answer within 0.25 s'),
  });
  expect(requestCount).toBe(3);
  expect(explained).toMatchObject([{ from: 'none', isTimeout: true }]);
});

test.each([
  ['never ends', (response: ServerResponse) => void response.write('data: 1\n\n')],
  ['never begins', (response: ServerResponse) => response.flushHeaders()],
  ['breaks off', (response: ServerResponse) => void response.write('half', () => response.destroy())],
])('a path is verified by the headers of a response, even if the body %s', async (_what, begin) => {
  let reportClosed = (): void => undefined;
  const connectionClosed = new Promise<void>((resolve) => (reportClosed = resolve));
  const port = await serve((_request, response) => {
    response.on('close', reportClosed).writeHead(200, { 'content-type': 'text/event-stream' });
    begin(response);
  });
  const run = runOf();
  await verify(oneContainer, addressOf(port), run, explain);
  expect(notes(run)).toEqual([`GET http://api.example.com:${port}/api1  200`]);
  // The client closes the connection, so the service does not wait for a client that never reads.
  await connectionClosed;
});

test.each<[string, OutgoingHttpHeaders]>([
  ['streams', {}],
  ["has the same length as the load balancer's own 404", { 'content-length': NO_SERVICE.length }],
])('a 404 of a service is accepted even if its body %s and never ends', async (_what, headers) => {
  const port = await serve((_request, response) => void response.writeHead(404, headers).write('gone'));
  const run = runOf(undefined, 100);
  await verify(oneContainer, addressOf(port), run, explain);
  expect(notes(run)[0]).toBe(`GET http://api.example.com:${port}/api1  404`);
});

test('a path is reported if the headers of its response never end', async () => {
  const port = await serveRaw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const trickle = setInterval(() => socket.write('X-More: 1\r\n'), 20);
    socket.on('close', () => clearInterval(trickle)).on('error', () => undefined);
  });
  await expect(verify(oneContainer, addressOf(port), runOf(undefined, 100), explain)).rejects.toMatchObject({
    code: 'UNANSWERED',
    why: expect.stringContaining('/api1: no answer within 0.25 s'),
  });
});

test('a path is reported if the connection ends before the headers do', async () => {
  const port = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-'));
  await expect(verify(oneContainer, addressOf(port), runOf(), explain)).rejects.toMatchObject({
    code: 'UNANSWERED',
  });
});

test('the verification of one path fails only after the other paths have been verified', async () => {
  let requestCount = 0;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const port = await serve(({ url }, response) => {
    // The server answers /api2 only after the last response for /api1 has been read.
    if (url === '/api2') return void released.then(() => response.end('hello'));
    requestCount += 1;
    if (requestCount === 3) response.on('close', () => setImmediate(release));
    response.writeHead(503).end();
  });
  const run = runOf();
  await expect(verify(config(), addressOf(port), run, explain)).rejects.toMatchObject({
    code: 'UNANSWERED',
    what: `http://api.example.com:${port}/api1 does not answer.`,
  });
  expect(notes(run)).toEqual(['/api1 answers 503', `GET http://api.example.com:${port}/api2  200`]);
});

test('requests stop immediately when the run is aborted', async () => {
  const stop = new AbortController();
  const port = await serve(() => stop.abort(new Error('stop')));
  await expect(verify(oneContainer, addressOf(port), runOf(stop.signal), explain)).rejects.not.toMatchObject({
    code: 'UNANSWERED',
  });
});

test.each([
  ['without tasks', configWith({ count: 0 })],
  [
    'without routes',
    configWith({
      containers: (service?.containers ?? []).map((container) => ({ ...container, path: undefined })),
    }),
  ],
])('no path is requested from a service %s', async (_what, stack) => {
  const run = runOf();
  await verify(stack, addressOf(1), run, explain);
  expect(run.events).toEqual([]);
});

/** Serves the given statuses in sequence, then 200. A status of the load balancer has its `Server` header. */
const serveInTurn = (statuses: readonly (number | 'balancer')[]): Promise<number> => {
  let requestCount = 0;
  return serve((_request, response) => {
    const status = statuses[requestCount] ?? 200;
    requestCount += 1;
    if (status === 'balancer') response.setHeader('server', 'awselb/2.0');
    response.writeHead(status === 'balancer' ? 502 : status).end();
  });
};
const repeated = <T>(pattern: readonly T[], times: number): T[] =>
  Array.from({ length: times }, () => pattern).flat();

test('a path that works for some requests only is reported, with the numbers of all answers and who sent them', async () => {
  const port = await serveInTurn(repeated([200, 'balancer', 500], 40));
  const total = 1 + 2 * 5 * (service?.count ?? 0);
  const bad = Math.floor((total * 2) / 3);
  await expect(verify(oneContainer, addressOf(port), runOf(), explain)).rejects.toMatchObject({
    code: 'UNANSWERED',
    what: `http://api.example.com:${port}/api1 fails for ${bad} of ${total} requests.`,
    why: expect.stringMatching(
      /^The answers: .* × 200.*\nThe program of api1 sent \d+ × 500\.\nThe load balancer sent \d+ × 502: no task answered, or a task closed the connection\.\n(.*\n)?api1 logged:\n {2}TypeError: x$/,
    ),
    fix: expect.arrayContaining(['npm run rollback -- web, to restore the previous version']),
  });
});

describe('a program that has stopped answering', () => {
  const cause = {
    what: 'api1 does not answer GET /health on port 5000 within 5 s',
    evidence: ['ECS: Request timed out'],
    fix: ['Correct the program of api1.'],
    isPermanent: true,
  };
  const explainWithCause = async () => ({ ...(await explain()), cause });

  test('the cause comes first if the path has worked before', async () => {
    const port = await serveInTurn(repeated([200, 500], 40));
    await expect(verify(oneContainer, addressOf(port), runOf(), explainWithCause)).rejects.toMatchObject({
      code: 'UNANSWERED',
      what: expect.stringMatching(
        /\/api1 fails for \d+ of \d+ requests: api1 does not answer GET \/health on port 5000 within 5 s\.$/,
      ),
      why: expect.stringMatching(/\nECS: Request timed out$/),
      now: 'api1 is in service, but not healthy.',
      fix: expect.arrayContaining(cause.fix),
    });
  });

  test('the cause comes first if no request was answered', async () => {
    const port = await serveRaw((socket) => socket.destroy());
    await expect(verify(oneContainer, addressOf(port), runOf(), explainWithCause)).rejects.toMatchObject({
      code: 'UNANSWERED',
      what: expect.stringMatching(/\/api1 does not answer: api1 does not answer GET \/health on port 5000/),
      why: expect.stringMatching(/\nECS: Request timed out$/),
      now: 'Everything is created, but api1 is not healthy.',
      fix: [
        ...cause.fix,
        'npm run rollback -- web, to restore the previous version',
        expect.stringContaining('curl -v'),
        'npm run provision, to check again',
      ],
    });
  });
});

test('a failure that does not recur is a warning', async () => {
  const port = await serveInTurn([200, 503]);
  const run = runOf();
  await verify(oneContainer, addressOf(port), run, explain);
  const count = 5 * (service?.count ?? 0);
  expect(run.events).toContainEqual({
    type: 'warning',
    text: `http://api.example.com:${port}/api1 failed for 1 of the first ${count} requests (${count - 1} × 200, 1 × 503), but for none of the next ${count}.`,
  });
});

test('a program that answers every request with an error is explained within seconds, with its log', async () => {
  const port = await serve((_request, response) => void response.writeHead(500).end('boom'));
  const run = runOf(undefined, 1000);
  const waits = { ...run.waits, answer: { first: 0, every: 1000, deadline: 300_000 } };
  await expect(
    verify(oneContainer, addressOf(port), { ...run, waits } as unknown as Run, explain),
  ).rejects.toMatchObject({
    code: 'UNANSWERED',
    what: 'api1 answers every request to /api1 with an error: 6 × 500.',
    why: expect.stringMatching(/^Its health check, GET \S+, passes, .*\napi1 logged:\n {2}TypeError: x$/),
    now: `api1 is in service, and http://api.example.com:${port}/api1 fails for every client.`,
    fix: expect.arrayContaining(['Correct the program of api1, then npm run provision']),
  });
});

test('a program may answer with errors while it warms up', async () => {
  const port = await serveInTurn([500, 500]);
  const run = runOf();
  await verify(oneContainer, addressOf(port), run, explain);
  expect(notes(run)).toEqual(['/api1 answers 500', `GET http://api.example.com:${port}/api1  200`]);
});
