// The ports of programs, as they are written in practice.
import { describe, expect, test } from '@jest/globals';
import { isLoopback, listeningIn, listeningOfCommand } from '../../../init/listening.ts';
import { sourcesOf } from './folder.ts';

/** Returns where a program listens: `<variables> <port> <host>`. */
const listens = (text: string, others: Readonly<Record<string, string>> = {}): string[] =>
  listeningIn(sourcesOf({ 'server.js': text, ...others })).map(({ variables, port, host }) =>
    [...variables, port, host].filter((part) => part !== undefined).join(' '),
  );

describe('the port', () => {
  test.each([
    [
      'a number',
      `require('node:http').createServer((q, r) => r.end('hi')).listen(3000, () => log('up'));`,
      '3000',
    ],
    ['a variable with a default', `app.listen(process.env.PORT || 8_000);`, 'PORT 8000'],
    ['a variable without a default', `app.listen(process.env.PORT)`, 'PORT'],
    [
      'a constant',
      `const port = Number(process.env.PORT ?? 4000);\napp.listen(port, '0.0.0.0');`,
      'PORT 4000 0.0.0.0',
    ],
    [
      'a typed constant',
      `const port: number = parseInt(process.env['PORT'] ?? '4001', 10)\nawait app.listen(port)`,
      'PORT 4001',
    ],
    [
      'a conditional',
      `const port = process.env.PORT ? Number(process.env.PORT) : 5000;\napp.listen(port)`,
      'PORT 5000',
    ],
    [
      'the generator of Express',
      `var port = normalizePort(process.env.PORT || '3000');\napp.set('port', port);\nserver.listen(port);`,
      'PORT 3000',
    ],
    [
      'a setting of Express',
      `app.set('port', process.env.PORT || 3001); server.listen(app.get('port'));`,
      'PORT 3001',
    ],
    ['a destructured variable', `const { PORT = 6000, HOST } = process.env;\napp.listen(PORT);`, 'PORT 6000'],
    ['an option', `await fastify.listen({ port: 3000, host: '0.0.0.0' })`, '3000 0.0.0.0'],
    [
      'a shorthand option',
      `const port = 3002\nfastify.listen({ port, host: process.env.HOST ?? '127.0.0.1' })`,
      '3002 127.0.0.1',
    ],
    ['a setting of Nest', `await app.listen(config.get<number>('HTTP_PORT') ?? 3000);`, 'HTTP_PORT 3000'],
    [
      'the server of Hono',
      `import { serve } from '@hono/node-server';\nserve({ fetch: app.fetch, port: 8787 }, (info) => log(info))`,
      '8787',
    ],
    ['Bun', `Bun.serve({ port: Bun.env.PORT || 3000, fetch })`, 'PORT 3000'],
    ['WebSockets', `const wss = new WebSocketServer({ port: 8080 });`, '8080'],
    ['an unknown expression', `app.listen(await choose(settings))`, ''],
    [
      'a comment',
      `// app.listen(1)\n/* app.listen(2) */ app.listen(3003); const url = 'http://x.listen(4)';`,
      '3003',
    ],
    ['a regular expression with a quote', `const quote = /["'/]/g; app.listen(3004);`, '3004'],
  ])('is found in %s', (_, text, expected) => {
    expect(listens(text)[0]).toBe(expected);
  });

  test('is found in an imported file', () => {
    const config = `module.exports = { port: process.env.PORT || 7000 };`;
    const app = `const config = require('./config');\napp.listen(config.port);`;
    expect(listens(`import './lib/app.js';`, { 'lib/app.js': app, 'lib/config.js': config })).toEqual([
      'PORT 7000',
    ]);
    const typed = {
      'config.ts': `export const config = { server: { port: Number(process.env.API_PORT) || 7001 } };`,
    };
    expect(listens(`import { config } from './config.js';\napp.listen(config.server.port);`, typed)).toEqual([
      'API_PORT 7001',
    ]);
  });

  test('is not that of a Unix socket, or of a WebSocket server that shares a port', () => {
    expect(listens(`app.listen('/run/app.sock'); new WebSocketServer({ server });`)).toEqual([]);
  });

  test('is the default of a framework that is started by a command', () => {
    expect(listeningOfCommand(['sh', '-c', 'next start'])).toMatchObject({ port: 3000, variables: ['PORT'] });
    expect(listeningOfCommand(['node', 'node_modules/.bin/next', 'start', '-p', '4000'])).toMatchObject({
      port: 4000,
      variables: [],
    });
    expect(listeningOfCommand(['node', 'server.js'])).toBeUndefined();
  });
});

test('Fastify listens on loopback by default', () => {
  const [listening] = listeningIn(
    sourcesOf({ 'app.js': `const app = require('fastify')(); app.listen({ port: 3000 })` }),
  );
  expect(isLoopback(listening?.host)).toBe(true);
  expect(isLoopback('0.0.0.0')).toBe(false);
});
