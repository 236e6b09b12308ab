/** For the journey of apps: folders of programs with the traits that public repositories have. */
import { expect } from '@jest/globals';
import type { Machine } from './harness.ts';

type Files = Readonly<Record<string, string>>;

/** A folder, and the answers to requests of its program. */
export interface AppFolder {
  readonly name: string;
  readonly files: Files;
  /** The answers, by path. */
  readonly answers: Readonly<Record<string, unknown>>;
}

/** The folder of the program, in the folder of the machine, which is also the home of the user. */
export const PROJECT = 'project';

/** Writes the files of a folder. */
export function writeFiles({ write }: Machine, files: Files): void {
  for (const [name, text] of Object.entries(files)) write(`${PROJECT}/${name}`, text);
}

const json = (value: object): string => JSON.stringify(value);
/** Returns a server whose answer is a JavaScript expression. */
const server = (answer: string, listen = '3000'): string =>
  `require('node:http').createServer(async ({ url }, response) => response.end(await ${answer})).listen(${listen});\n`;
const main = json({ name: 'app', main: 'server.js' });
const TYPESCRIPT_SERVER = `import { createServer } from 'node:http';\n`;

/** Programs in JavaScript that come up without changes. */
export const plain: readonly AppFolder[] = [
  {
    name: 'static files',
    files: {
      'package.json': main,
      'server.js': server(
        `require('node:fs/promises').readFile(__dirname + '/web' + (url === '/' ? '/index.html' : url))`,
        '8300',
      ),
      'web/index.html': '<p>a page</p>',
      'web/style/site.css': 'p { color: teal }',
    },
    answers: { '/': '<p>a page</p>', '/style/site.css': 'p { color: teal }' },
  },
  {
    name: 'a file that is read at run time, relative to the working folder',
    files: {
      'package.json': main,
      'server.js': server(`require('node:fs/promises').readFile('mottos/first.txt', 'utf8')`),
      'mottos/first.txt': 'read me',
    },
    answers: { '/': 'read me' },
  },
  {
    name: 'a worker thread',
    files: {
      'package.json': main,
      'server.js': `const { Worker } = require('node:worker_threads');
const sum = (count) => new Promise((resolve, reject) =>
  new Worker(__dirname + '/sum.js', { workerData: count }).on('message', resolve).on('error', reject));
${server('String(await sum(10))')}`,
      'sum.js': `const { parentPort, workerData } = require('node:worker_threads');
parentPort.postMessage(workerData * (workerData + 1) / 2);\n`,
    },
    answers: { '/': '55' },
  },
  {
    name: 'a cluster of processes',
    files: {
      'package.json': main,
      'server.js': `const cluster = require('node:cluster');
if (cluster.isPrimary) for (const name of ['a', 'b']) cluster.fork({ MEMBER: name });
else ${server(`('member ' + process.env.MEMBER)`)}`,
    },
    answers: { '/': expect.stringMatching(/^member [ab]$/) },
  },
  {
    name: 'a start script, without main',
    files: {
      'package.json': json({ name: 'app', scripts: { start: 'node web/serve' } }),
      'web/serve.js': server(`'by the script'`),
    },
    answers: { '/': 'by the script' },
  },
  {
    name: 'a Dockerfile that starts another file than package.json',
    files: {
      'package.json': json({ name: 'app', main: 'cli.js', scripts: { start: 'node cli.js' } }),
      'cli.js': `console.log('not a server');\n`,
      'serve.js': server(`(process.env.TONE + ' in ' + process.cwd().split('/').at(-1))`, '7000'),
      Dockerfile:
        'FROM node:22 AS files\nCOPY . /srv\nFROM node:22-alpine\nENV TONE=calm\nWORKDIR /srv/site\n' +
        'COPY --from=files /srv /srv/site\nEXPOSE 7000\nUSER node\nCMD ["node", "serve.js"]\n',
    },
    answers: { '/': 'calm in site' },
  },
  {
    name: 'two programs, one of which only the other reaches',
    files: {
      'front/package.json': main.replace('app', 'front'),
      'front/server.js': server(
        `(url === '/up' ? 'up' : (await fetch(process.env.PRICES_URL + url)).text())`,
      ),
      'prices/package.json': main.replace('app', 'prices'),
      'prices/server.js': server(`('price of ' + url)`, `6100, '127.0.0.1'`),
    },
    answers: { '/up': 'up', '/tea': 'price of /tea' },
  },
  {
    name: 'an example in the repository of its package, without a package.json',
    files: {
      'package-lock.json': '{}',
      'package.json': json({ name: 'library', main: 'lib.js', private: true }),
      'lib.js': `exports.greet = (name) => 'hello ' + name;\n`,
      'slipway.config.ts': `export default ${json({
        ...{ name: 'example', region: 'eu-west-1' },
        services: { web: { containers: { app: { source: 'examples/one', port: 3000, path: '/' } } } },
      })};\n`,
      'examples/one/index.js': server(`require('../..').greet('example')`),
    },
    answers: { '/': 'hello example' },
  },
];

/** A server of version `v1`, and its changes to `v2`: another port and another health route. */
export const movedServer: { readonly first: Files; readonly second: Files } = {
  first: {
    'package.json': main,
    'server.js': `const answers = { '/': 'v1', '/live': 'up' };\n${server('answers[url]', '3000')}`,
  },
  second: {
    'server.js': `const answers = { '/': 'v2', '/ready': 'up' };\n${server('answers[url]', '5100')}`,
  },
};

/** A program that a Compose file describes, with a database that it needs only for some requests. */
export const composed: Files = {
  'package.json': main,
  Dockerfile: 'FROM node:22\nWORKDIR /app\nCOPY . .\nEXPOSE 4400 9229\nCMD ["node", "server.js"]\n',
  'server.js': `const { STORE_USER, STORE_PASSWORD, STORE_HOST, LEVEL } = process.env;
new URL('store://' + STORE_USER.trim() + ':' + STORE_PASSWORD.trim() + '@' + STORE_HOST.trim());
${server(`(STORE_HOST + ' at level ' + LEVEL)`, 'process.env.PORT')}`,
  'compose.yaml': `services:
  site:
    build: { context: ., args: [NODE_ENV=development] }
    command: npx nodemon --inspect=0.0.0.0:9229 server.js
    ports: ['80:4400', '9229:9229']
    environment:
      - NODE_ENV=development
      - PORT=4400
      - STORE_USER=root
      - STORE_PASSWORD=example
      - STORE_HOST=store
      - LEVEL=\${LEVEL:-3}
    depends_on: [store]
  store: { image: 'mongo:7' }
`,
};

/** Programs in TypeScript without a build step. */
export const inTypeScript: readonly AppFolder[] = [
  {
    name: 'TypeScript with paths of its tsconfig.json',
    files: {
      'package.json': json({ name: 'app' }),
      'tsconfig.json': json({ compilerOptions: { baseUrl: '.', paths: { '~/*': ['src/inner/*'] } } }),
      'src/index.ts': `${TYPESCRIPT_SERVER}import { text } from '~/text';
createServer((_, response) => response.end(text satisfies string)).listen(3000);\n`,
      'src/inner/text.ts': `export const text: string = 'found by its alias';\n`,
    },
    answers: { '/': 'found by its alias' },
  },
  {
    name: 'TypeScript with the metadata of decorators',
    files: {
      'package.json': json({ name: 'app', devDependencies: { typescript: '*' } }),
      'tsconfig.json': json({
        compilerOptions: {
          ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
          ...{ module: 'commonjs', target: 'es2022' },
        },
      }),
      'src/metadata.ts': `export const types: string[] = [];
Object.assign(Reflect, { metadata: (_: string, found: unknown) => () => {
  if (Array.isArray(found)) types.push(...found.map(({ name }) => name));
} });\n`,
      'src/main.ts': `${TYPESCRIPT_SERVER}import { types } from './metadata';
const injectable: ClassDecorator = () => undefined;
class Store {}
@injectable class Shop { constructor(readonly store: Store) {} }
createServer((_, response) => response.end(Shop.name + ' needs ' + types.join())).listen(3000);\n`,
    },
    answers: { '/': 'Shop needs Store' },
  },
];

/** A program that listens after five seconds. */
export const slowStart: Files = {
  'package.json': main,
  'server.js': `setTimeout(() => ${server(`'awake'`).trim().replace(/;$/, '')}, 5000);\n`,
};

/** A program that answers before it has read the request, and closes the connection. */
export const earlyAnswer: Files = {
  'package.json': main,
  'server.js': `require('node:http').createServer((request, response) => {
  if (request.method === 'GET') return response.end('send less');
  response.writeHead(413, { connection: 'close' });
  response.end('too much');
}).listen(3000);\n`,
};

/** Folders with one problem each. */
export const wrong = {
  missingVariable: {
    'package.json': main,
    'server.js': `if (!process.env.QUEUE_URL) throw new Error('QUEUE_URL is not set');
${server(`('reads ' + process.env.QUEUE_URL)`)}`,
  },
  localhostOnly: { 'package.json': main, 'server.js': server(`'near'`, `3000, '127.0.0.1'`) },
  fixedPort: { 'package.json': main, 'server.js': server(`'fixed'`, '4100') },
  nativeModule: {
    'package.json': json({ name: 'app', main: 'server.js', dependencies: { stone: '1' } }),
    'server.js': `require('stone');\n${server(`'stone'`)}`,
    'node_modules/stone/package.json': json({ name: 'stone', version: '1.0.0', main: 'stone.node' }),
  },
  notInstalled: {
    'package.json': json({ name: 'app', main: 'server.js', dependencies: { 'better-stone': '12' } }),
    'package-lock.json': '{}',
    'server.js': `require('better-stone');\n${server(`'stone'`)}`,
  },
  python: {
    Dockerfile: 'FROM python:3.13-slim\nWORKDIR /srv\nCOPY . .\nCMD ["python", "serve.py"]\n',
    'serve.py':
      'from http.server import HTTPServer, SimpleHTTPRequestHandler\n' +
      `HTTPServer(('0.0.0.0', 8000), SimpleHTTPRequestHandler).serve_forever()\n`,
  },
  go: {
    Dockerfile: 'FROM golang:1.24\nWORKDIR /srv\nCOPY . .\nRUN go build -o /serve .\nCMD ["/serve"]\n',
    'main.go':
      'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", http.NotFoundHandler()) }\n',
  },
  grpc: {
    'package.json': json({ name: 'app', main: 'server.js' }),
    'server.js': `const { Server, ServerCredentials } = require('@grpc/grpc-js');
new Server().bindAsync('0.0.0.0:50051', ServerCredentials.createInsecure(), () => {});\n`,
  },
} satisfies Record<string, Files>;

/** A module for macOS: the header of a Mach-O file for arm64. */
export const MACH_MODULE = Buffer.from(
  'cffaedfe0c000001000000000800000000000000000000008500000000000000',
  'hex',
);
