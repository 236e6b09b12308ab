// Verifying paths over HTTPS with certificates of the user: a private authority is reported, and a wrong name is an error.
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { localWaits } from '../../../../lib/engine/waits.ts';
import type { Event } from '../../../../lib/model/report.ts';
import type { Run } from '../../../../lib/run/run.ts';
import { verify } from '../../../../provision/done/verify.ts';
import { memoryAuthority } from '../../../../sandbox/certificates/authority.ts';
import { config, testClock } from '../../step-harness.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});

const NAME = 'api.example.com';
const DAY_MS = 86_400_000;
const authority = memoryAuthority()();

/** Starts a server that answers 200 and presents a certificate of the authority. */
async function serve(names = [NAME], notAfter = new Date(Date.now() + DAY_MS)) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const notBefore = new Date(Date.now() - 2 * DAY_MS);
  const cert = authority.issue({ commonName: NAME, names, publicKey, notBefore, notAfter });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const server = createServer({ cert, key }, (_request, response) => response.end('ok'));
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const connect = { host: '127.0.0.1', port };
  return { url: `https://${NAME}:${port}`, host: `${NAME}:${port}`, connect };
}

const oneContainer = config({
  services: config().services.map((service) => ({ ...service, containers: service.containers.slice(0, 1) })),
});

const textsIn = (events: readonly Event[]) =>
  events.flatMap((event) => ('text' in event && event.type !== 'activity' ? [event.text] : []));

async function verified(address: Parameters<typeof verify>[1]) {
  const events: Event[] = [];
  const waits = { ...localWaits, answer: { first: 0, every: 1000, deadline: 2500 } };
  const run = {
    ...{ clock: testClock(), signal: new AbortController().signal, waits },
    report: (event: Event) => void events.push(event),
  } as unknown as Run;
  const explain = () =>
    Promise.resolve({ log: [], logGroup: '/x', hasEarlierVersion: false, cause: undefined });
  const isTrusted = await verify(oneContainer, address, run, explain);
  return {
    isTrusted,
    texts: textsIn(events),
    warnings: events.flatMap((event) => (event.type === 'warning' ? [event.text] : [])),
  };
}

test('an own certificate of an unknown authority is reported once, and the paths are checked', async () => {
  const address = await serve();
  const { isTrusted, warnings } = await verified({ ...address, tls: { servername: NAME, isOwn: true } });
  expect(isTrusted).toBe(false);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^https:\/\/api\.example\.com:\d+ serves the certificate in domain\.certificate, which this machine does not trust: this machine does not know the authority that has signed it \(UNABLE_TO_VERIFY_LEAF_SIGNATURE; issuer: Slipway sandbox\)/,
    ),
  ]);
});

test('an own certificate of a known authority needs no warning', async () => {
  const tls = {
    servername: NAME,
    isOwn: true,
    authority: { certificate: authority.certificate, file: '/a' },
  };
  expect(await verified({ ...(await serve()), tls })).toMatchObject({ isTrusted: true, warnings: [] });
});

test.each([
  ['of another name', ['www.example.com'], undefined, /does not match certificate's altnames/],
  ['that has expired, of a known authority', [NAME], new Date(Date.now() - DAY_MS), /CERT_HAS_EXPIRED/],
])('an own certificate %s is an error', async (_what, names, notAfter, reason) => {
  const known = notAfter && { authority: { certificate: authority.certificate, file: '/a' } };
  const tls = { servername: NAME, isOwn: true, ...known };
  await expect(verified({ ...(await serve(names, notAfter)), tls })).rejects.toMatchObject({
    code: 'UNANSWERED',
    why: expect.stringMatching(reason),
  });
});

test('a certificate that Slipway requested must be one that this machine trusts', async () => {
  await expect(verified({ ...(await serve()), tls: { servername: NAME } })).rejects.toMatchObject({
    code: 'UNANSWERED',
  });
});

test('a certificate of someone else that is for another name is reported, and the paths are checked', async () => {
  const address = await serve(['theirs.example.com', '*.example.net']);
  const tls = {
    servername: NAME,
    isOthers: true,
    authority: { certificate: authority.certificate, file: '' },
  };
  const { isTrusted, warnings, texts } = await verified({ ...address, tls });
  expect(isTrusted).toBe(false);
  expect(warnings).toEqual([
    `${address.url} has a certificate of the owner of the load balancer that clients will not accept: the certificate is for theirs.example.com, *.example.net, and not for ${NAME}. The paths were requested without this check. The owner can add a certificate to the listener.`,
  ]);
  expect(texts).toContain(`GET ${address.url}/api1  200`);
});

test('a certificate of someone else for the host of the route needs no report', async () => {
  const address = await serve();
  const tls = {
    servername: NAME,
    isOthers: true,
    authority: { certificate: authority.certificate, file: '' },
  };
  expect(await verified({ ...address, tls })).toMatchObject({ isTrusted: true, warnings: [] });
});

test('a certificate of someone else that has expired is reported', async () => {
  const address = await serve([NAME], new Date(Date.now() - DAY_MS));
  const tls = {
    servername: NAME,
    isOthers: true,
    authority: { certificate: authority.certificate, file: '' },
  };
  const { warnings } = await verified({ ...address, tls });
  expect(warnings).toEqual([expect.stringContaining('will not accept: CERT_HAS_EXPIRED')]);
});

test('if no route names a host, the names of the certificate are reported, and the paths are checked', async () => {
  const address = await serve(['theirs.example.com']);
  const tls = { servername: '', isOthers: true, authority: { certificate: authority.certificate, file: '' } };
  const { isTrusted, texts } = await verified({ ...address, tls });
  expect(isTrusted).toBe(false);
  expect(texts.slice(0, 2)).toEqual([
    'no route names a host, so the name in the certificate of the load balancer was not checked: it is for theirs.example.com',
    `GET ${address.url}/api1  200`,
  ]);
});
