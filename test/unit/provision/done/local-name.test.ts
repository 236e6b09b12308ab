// The note for machines whose resolver does not know names below .localhost.
import { expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostNote, localNameNote } from '../../../../provision/done/local-name.ts';

const address = {
  url: 'http://api.shop.localhost:8080',
  host: 'api.shop.localhost:8080',
  connect: { host: '127.0.0.1', port: 8080 },
};
const rejectAsUnknown = () => Promise.reject(new Error('ENOTFOUND'));

test.each(['127.0.0.1', '::1'])('there is no note when the resolver returns %s', async (known) => {
  expect(await localNameNote(address, async () => ({ address: known }))).toBeUndefined();
});

test.each([
  ['does not know the name', rejectAsUnknown],
  ['returns another address', async () => ({ address: '192.0.2.1' })],
  ['does not answer', () => new Promise<never>(() => {})],
])('when the resolver %s, the note shows an address that works', async (_, resolve) => {
  expect(await localNameNote(address, resolve)).toEqual({
    type: 'note',
    text: "api.shop.localhost is known to browsers and curl, but not to this machine's resolver. Other programs: http://127.0.0.1:8080 with Host: api.shop.localhost:8080",
  });
});

test('with HTTPS, the note shows a line for /etc/hosts, since no certificate is for 127.0.0.1', async () => {
  const secure = {
    url: 'https://api.shop.localhost:8443',
    host: 'api.shop.localhost:8443',
    connect: { host: '127.0.0.1', port: 8443 },
    tls: { servername: 'api.shop.localhost' },
  };
  expect(await localNameNote(secure, rejectAsUnknown)).toEqual({
    type: 'note',
    text: "api.shop.localhost is known to browsers and curl, but not to this machine's resolver. Other programs need this line in /etc/hosts: 127.0.0.1 api.shop.localhost",
  });
});

test('the shown address and Host lead to the server', async () => {
  const server = createServer(({ headers }, response) => response.end(headers.host)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const connect = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    const note = await localNameNote({ ...address, connect }, rejectAsUnknown);
    const [, url = '', host = ''] = /(http:\S+) with Host: (\S+)$/.exec(note?.text ?? '') ?? [];
    expect(await (await fetch(url)).text()).toBe(new URL(url).host);
    expect(host).toBe(address.host);
  } finally {
    server.close();
  }
});

test('another name is known to no program on this machine', async () => {
  const other = { ...address, url: 'https://shop.example.com:8443', tls: { servername: 'shop.example.com' } };
  expect(await localNameNote(other, rejectAsUnknown)).toEqual({
    type: 'note',
    text: "shop.example.com is not known to this machine's resolver. Clients on this machine need this line in /etc/hosts: 127.0.0.1 shop.example.com",
  });
});

test('a URL without the host of the routes is shown with a command that names it', () => {
  expect(hostNote(address)).toBeUndefined();
  expect(hostNote({ ...address, host: 'shop.example.com', tls: { servername: '' } })).toBeUndefined();
  expect(hostNote({ ...address, host: 'shop.example.com:8080' })).toEqual({
    type: 'note',
    text: "the routes are for shop.example.com:8080: curl --header 'Host: shop.example.com:8080' http://api.shop.localhost:8080",
  });
});
