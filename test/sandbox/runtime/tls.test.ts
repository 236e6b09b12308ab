// Programs that use TLS have the network of their task, like all other programs.
import { once } from 'node:events';
import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import { expect, jest, test } from '@jest/globals';
import { certificate } from '../../certificate.ts';
import { lastJson, PRIVATE_IP, TestTask } from './support.ts';

// Real processes are slow on a busy machine.
jest.setTimeout(60_000);

const { key, cert } = certificate;
const SERVER = `
  require('https').createServer({ key: process.env.KEY, cert: process.env.CERT }, (_, response) => response.end(process.env.NAME))
    .listen(5000);`;
const environmentFor = (NAME: string) => ({ environment: { KEY: key, CERT: cert, NAME } });

/** Returns a program that requests port 5000 of a host, over `https` and over a TLS socket, and prints what it receives. */
const requestProgram = (host: string) => `
  const options = { host: '${host}', port: 5000, rejectUnauthorized: false };
  require('https').get(options, (response) => response.on('data', (text) => {
    const socket = require('tls').connect(options, () => {
      console.log(JSON.stringify([String(text), socket.remotePort]));
      process.exit();
    });
  }));`;

async function fetchFromOutside(task: TestTask): Promise<string> {
  const listener = await task.waitForListener(5000);
  if (listener === 'loopback-only') throw new Error('port 5000 listens on loopback only');
  const request = https.get({ ...listener, agent: false, rejectUnauthorized: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

test('two tasks can serve HTTPS on the same port, both to outside clients and to their own programs', async () => {
  await using one = await TestTask.create();
  await using two = await TestTask.create();
  await one.start(['node', '-e', SERVER], environmentFor('one'));
  await two.start(['node', '-e', SERVER], environmentFor('two'));
  expect(await fetchFromOutside(one)).toBe('one');
  expect(await fetchFromOutside(two)).toBe('two');
  expect(lastJson(await one.evaluate(requestProgram('localhost')))).toEqual(['one', 5000]);
  expect(lastJson(await two.evaluate(requestProgram(PRIVATE_IP)))).toEqual(['two', 5000]);
});
