// The report that the new versions serve: when it is made, and where it says that they serve.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { nouns } from '../../../../lib/model/architecture.ts';
import type { ConnectedTarget } from '../../../../lib/run/target.ts';
import type { AllIds } from '../../../../provision/context.ts';
import { servingReport } from '../../../../provision/done/serving.ts';
import { abort, change, creation, events, idsFor, run } from '../../engine-harness.ts';
import { config, domainOf } from '../../step-harness.ts';

let server: Server;
let status: number;
let requestedPaths: string[];
/** The names that resolve to the server. */
let known: (name: string) => boolean;

beforeEach(async () => {
  status = 200;
  requestedPaths = [];
  known = () => true;
  server = createServer(({ url = '' }, response) => {
    requestedPaths.push(url);
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
});
afterEach(() => void server.close());

const ids = {
  ...Object.fromEntries(nouns.map((noun) => [noun, new Map()])),
  loadBalancer: new Map([['', { ...idsFor('loadBalancer'), dnsName: 'shop-1.localhost' }]]),
} as unknown as AllIds;
const target = (): ConnectedTarget => ({
  settings: { region: 'eu-west-1' },
  waits: run.waits,
  endpointName: 'sandbox',
  sandbox: {
    resolve: async (name: string) =>
      known(name) ? { host: '127.0.0.1', port: (server.address() as AddressInfo).port } : undefined,
  } as unknown as NonNullable<ConnectedTarget['sandbox']>,
});
const stack = config({ domain: domainOf({ name: 'api.localhost', zone: 'localhost', createZone: true }) });
const update = change('services', 'web', 'update');

/** Adds the service, and waits until the report has been made, if one is made. */
async function report(changes = [creation('vpc'), update], configured = stack): Promise<string[]> {
  const serving = servingReport(run, configured, target(), changes);
  serving.add('services.web', ids);
  await expectEnd(() => events.length > 0 || requestedPaths.length > 0);
  await serving.close();
  return events.map(({ type, ...event }) => `${type} ${'text' in event ? event.text : ''}`);
}

/** Waits until a condition holds, for at most some turns of the event loop. */
async function expectEnd(isOver: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !isOver(); turn += 1) await new Promise(setImmediate);
  for (let turn = 0; turn < 200 && events.length === 0; turn += 1) await new Promise(setImmediate);
}

describe('the new version serves', () => {
  test('the report names the domain, and says that the tasks are still watched', async () => {
    const { port } = server.address() as AddressInfo;
    expect(await report()).toEqual([
      `phase serving at http://api.localhost:${port}; watching the new tasks a little longer, since a program may still exit`,
    ]);
    expect(requestedPaths.sort()).toEqual(['/api1', '/api2']);
  });

  test("before the domain resolves, the report names the load balancer's own name", async () => {
    known = (name) => name === 'shop-1.localhost';
    expect((await report())[0]).toMatch(/^phase serving at http:\/\/shop-1\.localhost:\d+; /);
  });
});

describe('nothing is reported', () => {
  test('if a path is answered by an error', async () => {
    status = 502;
    expect(await report()).toEqual([]);
    expect(requestedPaths).toHaveLength(2);
  });

  test('if nothing resolves', async () => {
    known = () => false;
    expect(await report()).toEqual([]);
    expect(requestedPaths).toEqual([]);
  });

  test('if the run changes no service, or only removes one', async () => {
    expect(await report([change('services', 'old', 'remove')])).toEqual([]);
    expect(requestedPaths).toEqual([]);
  });

  test('if the run has been interrupted', async () => {
    abort.abort();
    expect(await report()).toEqual([]);
  });

  test('until the last of the changed services serves', async () => {
    const [web] = stack.services;
    if (!web) throw new Error('The stack has no service');
    const two = { ...stack, services: [web, { ...web, name: 'other' }] };
    const changes = [update, change('services', 'other', 'create')];
    expect(await report(changes, two)).toEqual([]);
    expect(requestedPaths).toEqual([]);
  });
});
