// From the files of a repository to a guessed stack: which programs run, where, and what is asked or reported.
import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../lib/config/parse.ts';
import { configuredName } from '../../../init/names.ts';
import { containersOf, guess } from './guess.ts';

const server = (listen: string, routes = '') =>
  `const app = require('express')(); ${routes} app.listen(${listen});`;
const main = (name: string, more = {}) => JSON.stringify({ name, main: 'server.js', ...more });
describe('one program', () => {
  test('answers all paths, on the port that it listens on, with its health route', async () => {
    const { stack, asked, events } = await guess({
      'package.json': main('shop'),
      'server.js': server('process.env.PORT || 4000', `app.get('/healthz', ok);`),
    });
    expect(containersOf(stack)).toEqual(['web.app . 4000 /']);
    expect(stack.services['web']?.containers['app']?.health).toEqual({ path: '/healthz' });
    expect({ asked, events }).toEqual({ asked: [], events: [] });
  });

  test('without a health route, any answer of a working program counts', async () => {
    const { stack } = await guess({
      'package.json': main('shop'),
      'server.js': server('3000', `app.get('/users', u);`),
    });
    expect(stack.services['web']?.containers['app']?.health).toEqual({ path: '/', matcher: '200-404' });
  });

  test('gets the port of its Dockerfile, and of the variable that the Dockerfile sets', async () => {
    const files = { 'package.json': main('shop'), 'server.js': server('process.env.PORT') };
    const dockerfile = (more: string) =>
      `FROM node:22\nWORKDIR /app\nCOPY . .\n${more}\nCMD ["node", "server.js"]\n`;
    const exposed = await guess({ ...files, Dockerfile: dockerfile('EXPOSE 8080') });
    expect(containersOf(exposed.stack)).toEqual(['web.app . 8080 /']);
    const set = await guess({ ...files, Dockerfile: dockerfile('ENV PORT=9000') });
    expect(containersOf(set.stack)).toEqual(['web.app . 9000 /']);
  });

  test('gets its port in the variable that it reads, if that has no default', async () => {
    const { stack } = await guess({
      'package.json': main('shop'),
      'server.js': server('process.env.HTTP_PORT'),
    });
    expect(stack.services['web']?.containers['app']).toMatchObject({
      port: 3000,
      environment: { HTTP_PORT: '3000' },
    });
  });

  test('that reads its address from a variable listens on every address', async () => {
    const listen = `{ port: 3000, host: process.env.HOST || '127.0.0.1' }`;
    const { stack } = await guess({ 'package.json': main('shop'), 'server.js': server(listen) });
    expect(stack.services['web']?.containers['app']?.environment).toEqual({ HOST: '0.0.0.0' });
  });

  test('that can only be reached on loopback is reported', async () => {
    const { events } = await guess({
      'package.json': main('shop'),
      'server.js': server(`3000, '127.0.0.1'`),
    });
    expect(events).toEqual([expect.stringContaining('shop listens on loopback only')]);
  });

  test('whose port is not known, or that has several, is asked about', async () => {
    const unknown = {
      'package.json': main('shop', { dependencies: { express: '5' } }),
      'server.js': `start(app);`,
    };
    const question = 'Which port does shop listen on?';
    const { stack, asked } = await guess(unknown, { [question]: '5005' });
    expect({ asked, containers: containersOf(stack) }).toEqual({
      asked: [question],
      containers: ['web.app . 5005 /'],
    });
    const two = await guess({
      'package.json': main('shop'),
      'server.js': `${server('9090')} ${server('process.env.PORT || 3000')}`,
    });
    expect(two.asked).toEqual(['shop listens on several ports. Which one do requests arrive on?']);
    expect(containersOf(two.stack)).toEqual(['web.app . 3000 /']);
  });

  test('that needs variables has them in a comment', async () => {
    const text = `if (!process.env.DATABASE_URL) process.exit(1); ${server('3000')}`;
    const result = await guess({ 'package.json': main('shop'), 'server.js': text });
    expect(result.text).toContain(`// DATABASE_URL: '', // server.js reads it, without a default`);
    const dockerfile = 'FROM node:22\nENV DATABASE_URL=postgres://db\nCOPY . .\nCMD ["node", "server.js"]\n';
    const inImage = await guess({ 'package.json': main('shop'), 'server.js': text, Dockerfile: dockerfile });
    expect(inImage.text).not.toContain('DATABASE_URL');
  });
});

test.each([
  ['Python', 'python:3.12', 'app.py', `HTTPServer(('', 3000), Handler).serve_forever()`, 3000],
  ['Go', 'golang:1.22', 'main.go', `http.ListenAndServe(":4000", nil)`, 4000],
  ['Flask', 'python:3.12', 'app.py', `app.run(host="0.0.0.0", port=5000)`, 5000],
])(
  'a program in %s gets the port in its source, and needs a container engine',
  async (_, base, file, text, port) => {
    const dockerfile = `FROM ${base}\nCOPY . .\nCMD ["run"]\n`;
    const { stack, asked, text: configuration } = await guess({ Dockerfile: dockerfile, [file]: text });
    expect(containersOf(stack)).toEqual([`web.app . ${port} /`]);
    expect(asked).toEqual([]);
    expect(configuration).toContain('needs a container engine');
  },
);

describe('several programs', () => {
  test('with paths of their own are separate services', async () => {
    const { stack, asked } = await guess({
      'package.json': JSON.stringify({ name: 'repo', workspaces: ['services/*'] }),
      'services/users/package.json': main('users'),
      'services/users/server.js': server(
        '5000',
        `app.get('/users', a); app.get('/users/:id', b); app.get('/health', c);`,
      ),
      'services/orders/package.json': main('orders'),
      'services/orders/server.js': server('5000', `app.get('/orders', a); app.get('/health', c);`),
    });
    expect(containersOf(stack)).toEqual([
      'orders.app services/orders 5000 /orders',
      'users.app services/users 5000 /users',
    ]);
    expect(asked).toEqual([]);
  });

  test('get the path that a nested health route begins with, and that the URL is compared with', async () => {
    const { stack } = await guess({
      'web/package.json': main('web'),
      'web/server.js': server('3000', `app.get('/', a);`),
      'orders/package.json': main('orders'),
      'orders/server.js': `createServer(({ url }) => { if (url === '/orders/health') return ok; if (url?.startsWith('/orders')) return list; }).listen(4000);`,
      'stock/package.json': main('stock'),
      'stock/server.js': server('5000', `app.get('/stock/health', c);`),
    });
    expect(containersOf(stack)).toEqual([
      'orders.app orders 4000 /orders',
      'stock.app stock 5000 /stock',
      'web.app web 3000 /',
    ]);
  });

  test('of which one requests the other share a task, and only one is reached from outside', async () => {
    const { stack } = await guess({
      'web/package.json': main('web'),
      'web/server.js': server('3000', `fetch(process.env.BACKEND + '/x');`),
      'back/package.json': main('back'),
      'back/server.js': server(`6001, '127.0.0.1'`),
    });
    expect(containersOf(stack)).toEqual(['web.back back 6001 -', 'web.web web 3000 /']);
    expect(stack.services['web']?.containers['web']?.environment).toEqual({
      BACKEND: 'http://localhost:6001',
    });
  });

  test('in a task have different ports', async () => {
    const { stack } = await guess({
      'api/package.json': main('api'),
      'api/server.js': server('3000', `app.get('/', a);`),
      'web/package.json': main('web'),
      'web/server.js': server('process.env.PORT || 3000', `fetch(process.env.API_URL);`),
    });
    expect(containersOf(stack)).toEqual(['web.api api 3000 -', 'web.web web 3001 /']);
    expect(stack.services['web']?.containers['web']?.environment).toEqual({
      API_URL: 'http://localhost:3000',
    });
  });

  test('that both answer / are asked about; the others get their names as paths', async () => {
    const files = {
      'admin/package.json': main('admin'),
      'admin/server.js': server('3000', `app.get('/', a);`),
      'web/package.json': main('web'),
      'web/server.js': server('3001', `app.get('/', a);`),
    };
    const { stack, asked, events } = await guess(files);
    expect(asked).toEqual(['Which program answers the requests for /?']);
    expect(containersOf(stack)).toEqual(['admin.app admin 3000 /admin', 'web.app web 3001 /']);
    expect(events).toEqual([expect.stringContaining('/admin')]);
  });

  test('that serve only gRPC are left out with the reason', async () => {
    const grpc = `const server = new (require('@grpc/grpc-js').Server)();\nserver.bindAsync('0.0.0.0:50051', credentials, done);`;
    const { stack, leftOut } = await guess({
      'greeter/package.json': '{ "main": "server.js" }',
      'greeter/server.js': grpc,
      'web/package.json': '{ "main": "server.js" }',
      'web/server.js': `${grpc}\nexpress().listen(3000);`,
    });
    expect(leftOut).toEqual([{ folder: 'greeter', why: expect.stringMatching(/gRPC needs HTTP\/2/) }]);
    expect(Object.keys(stack.services)).toEqual(['web']);
  });

  test('that start no server are left out; those that may be workers are asked about', async () => {
    const files = {
      'web/package.json': main('web'),
      'web/server.js': server('3000'),
      'shared/package.json': main('shared'),
      'shared/server.js': `module.exports = { listen: 'no' };`,
      'queue/package.json': JSON.stringify({ name: 'queue', scripts: { start: 'node work.js' } }),
      'queue/work.js': `setInterval(poll, 1000);`,
      'client/package.json': JSON.stringify({ name: 'client', scripts: { start: 'react-scripts start' } }),
      'node_modules/express/package.json': main('express'),
    };
    const { stack, asked, events, leftOut } = await guess(files);
    expect(containersOf(stack)).toEqual(['web.app web 3000 /']);
    expect(asked).toEqual([
      expect.stringContaining('queue (queue) starts a program that listens on no port'),
    ]);
    expect(events).toEqual([expect.stringContaining('shared is left out')]);
    expect(leftOut).toEqual([{ folder: 'client', why: expect.stringContaining('for development') }]);
    const [question = ''] = asked;
    expect(containersOf((await guess(files, { [question]: 'yes' })).stack)).toEqual([
      'queue.app queue - -',
      'web.app web 3000 /',
    ]);
  });
});

test('the configuration is valid, whatever the names are', async () => {
  const odd = ['a'.repeat(40), "it's", '9lives', 'Ünïcode_Name', 'balancer'];
  const files = Object.fromEntries(
    odd.flatMap((folder) => [
      [`${folder}/package.json`, main(folder)],
      [`${folder}/server.js`, server('3000', `app.get('/', a);`)],
    ]),
  );
  const { stack } = await guess(files);
  const context = { stage: 'dev', target: 'sandbox', folder: '/repo', needsSources: false } as const;
  expect(parseConfig(stack, context).services).toHaveLength(odd.length);
});

test.each([
  ['@acme/shop', 'shop'],
  ['express-api-starter', 'express'],
  ['CatalogueService', 'catalogue'],
  ['ecsdemo-nodejs', 'ecsdemo'],
  ['incomprehensibilities', 'incompreh'],
  ['internal-tools', 'tools'],
  ['123', 'app'],
])('the name %s becomes %s', (name, expected) => {
  expect(configuredName(name, 'app', 9)).toBe(expected);
});
