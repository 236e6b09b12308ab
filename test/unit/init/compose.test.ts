// From a Compose file to a guessed stack: what is taken over, what is not, and what the user reads about it.
import { describe, expect, test } from '@jest/globals';
import { containersOf, guess } from './guess.ts';

const server = (listen: string, more = '') =>
  `const app = require('express')(); ${more} app.get('/', home); app.listen(${listen});`;
const main = (name: string) => JSON.stringify({ name, main: 'server.js' });
const DOCKERFILE = 'FROM node:22\nWORKDIR /app\nCOPY . .\nEXPOSE 3000 9229\nCMD ["node", "server.js"]\n';
const shop = {
  'package.json': main('shop'),
  'server.js': server('process.env.PORT', 'connect(process.env.DB_HOST, process.env.DB_PASSWORD);'),
  Dockerfile: DOCKERFILE,
};
const containers = async (files: Readonly<Record<string, string>>) => {
  const { stack, ...rest } = await guess(files);
  return {
    ...rest,
    found: containersOf(stack),
    all: Object.assign({}, ...Object.values(stack.services).map((one) => one.containers)) as Record<
      string,
      Record<string, unknown>
    >,
  };
};

describe('a Compose file for development', () => {
  const files = {
    ...shop,
    'docker-compose.yml': `
services:
  web:
    build: { context: ., args: [NODE_ENV=development] }
    command: npx nodemon --inspect=0.0.0.0:9229 server.js
    ports: ["80:3000", "9229:9229"]
    volumes: [".:/app"]
    environment:
      - NODE_ENV=development
      - PORT=3000
      - DB_HOST=db
      - DB_PASSWORD=example
      - DB_PORT=\${DB_PORT:-5432}
      - API_KEY
      - MAIL_URL=smtp://\${MAIL_HOST}
    depends_on: { db: { condition: service_healthy } }
  db: { image: "postgres:16" }
  tools: { build: ./tools, profiles: [debug] }
`,
  };

  test('gives variables and the port; its command and NODE_ENV are for development', async () => {
    const { all, found } = await containers(files);
    expect(found).toEqual(['web.app . 3000 /']);
    expect(all['app']).toEqual({
      ...{ source: '.', port: 3000, path: '/', health: { path: '/' } },
      environment: { DB_HOST: 'db', DB_PASSWORD: 'example', DB_PORT: '5432' },
    });
  });

  test('explains what is not taken over, and where secrets come from', async () => {
    const { events, text } = await containers(files);
    expect(events).toEqual([
      'db in docker-compose.yml is not created, because it runs from the image postgres:16. web needs it. Bring your own, and set DB_HOST.',
      "web in docker-compose.yml: its command is for development and is left out, so the image's own command starts. Left out: npx nodemon --inspect=0.0.0.0:9229 server.js",
    ]);
    expect(text).toMatch(
      /DB_HOST: 'db', \/\/ from docker-compose\.yml; its db is not created: set your own address/,
    );
    expect(text).toMatch(
      /from docker-compose\.yml, where everyone can read it: use another one for AWS\n *DB_PASS/,
    );
    expect(text).toContain(`// API_KEY: '', // docker-compose.yml sets it, but its value is not copied`);
    expect(text).toContain(`// MAIL_URL: '', //`);
  });

  test('that Git ignores keeps its secrets', async () => {
    const { text, all } = await containers({ ...files, '.gitignore': 'docker-compose.yml\n' });
    expect(all['app']?.['environment']).toEqual({ DB_HOST: 'db', DB_PORT: '5432' });
    expect(text).toContain(`// DB_PASSWORD: ''`);
    expect(text).not.toContain('example');
  });
});

test('services that request each other by name share a task, in which only the published one is reached from outside', async () => {
  const { found, all } = await containers({
    'front/package.json': main('front'),
    'front/server.js': server('3000'),
    'back/package.json': main('back'),
    'back/server.js': server('process.env.PORT || 3000', `app.get('/prices', list);`),
    'compose.yaml': `
services:
  front:
    build: front
    ports: [3000]
    environment: { PRICES: "http://prices:3000/v1", PRICES_HOST: prices }
    depends_on: [prices]
  prices: { build: back, expose: [3000] }
`,
  });
  expect(found).toEqual(['front.front front 3000 /', 'front.prices back 3001 -']);
  expect(all['front']?.['environment']).toEqual({
    PRICES: 'http://localhost:3001/v1',
    PRICES_HOST: 'localhost',
  });
});

test('a build names its Dockerfile, target, context and arguments; a second service of the folder has its own command', async () => {
  const { found, all } = await containers({
    'packages/api/package.json': main('api'),
    'packages/api/server.js': server('8080'),
    'packages/api/work.js': 'setInterval(poll, 1000);',
    'packages/api/deploy.Dockerfile': `FROM node:22 AS base\nARG MODE\nENV MODE=$MODE\nWORKDIR /app/packages/api\nCOPY . /app\nFROM base AS live\nCMD ["node", "server.js"]\nFROM base AS debug\nCMD ["sh"]\n`,
    'compose.yml': `
x-build: &build { context: ., dockerfile: packages/api/deploy.Dockerfile, target: live, args: { MODE: fast } }
services:
  api: { build: *build, ports: ["8080:8080"], healthcheck: { test: ["CMD", "curl", "-f", "http://localhost:8080/up"] } }
  queue: { build: { <<: *build }, command: node work.js --all }
  migrate: { build: *build, command: [node, migrate.js] }
`,
  });
  const build = { source: 'packages/api', dockerfile: 'deploy.Dockerfile', target: 'live', context: '.' };
  expect(found).toEqual(['api.app packages/api 8080 /', 'queue.app packages/api - -']);
  expect(all['app']).toEqual({
    ...build,
    buildArgs: { MODE: 'fast' },
    command: ['node', 'work.js', '--all'],
  });
});

test.each([
  ['is not YAML', 'services:\n  web: [build: .\n'],
  ['refers to itself', 'services: &all\n  web: *all\n  more: *none\n'],
])('a Compose file that %s is reported, and the program is found without it', async (_, text) => {
  const { found, events } = await containers({ ...shop, 'compose.yaml': text });
  expect(found).toEqual(['web.app . 3000 /']);
  expect(events).toEqual([expect.stringMatching(/^compose\.yaml is not read: .+\.$/)]);
});

test('the variant for production changes the file; others are named and not read', async () => {
  const { all, events } = await containers({
    ...shop,
    'compose.yaml': `services: { web: { build: ., command: node server.js --slow, ports: ["80:3000"], environment: { A: '1', B: '1' } } }`,
    'compose.prod.yaml': `services: { web: { command: [node, server.js], environment: [B=2] } }`,
    'compose.override.yaml': `services: { web: { environment: { A: '3' } } }`,
  });
  expect(all['app']).toMatchObject({ command: ['node', 'server.js'], environment: { A: '1', B: '2' } });
  expect(events).toEqual(['compose.override.yaml is not read.']);
});

test.each([
  ['lists', (name: string) => `[${`*${name}, `.repeat(20)}]`],
  ['merged maps', (name: string) => `{ <<: [${`*${name}, `.repeat(20)}] }`],
])('a Compose file whose aliases grow exponentially through %s is not read', async (_, containing) => {
  const levels = Array.from(
    { length: 9 },
    (__, level) => `  a${level + 1}: &a${level + 1} ${containing(`a${level}`)}`,
  );
  const text = `x:\n  a0: &a0 { k: v }\n${levels.join('\n')}\nservices: { web: { build: ., x: *a9 } }\n`;
  const { found, events } = await containers({ ...shop, 'compose.yaml': text });
  expect(found).toEqual(['web.app . 3000 /']);
  expect(events).toEqual(['compose.yaml is not read: it is too long.']);
});

test('a Compose file with thousands of aliases of one value is read', async () => {
  const { all } = await containers({
    ...shop,
    'compose.yaml': `x: &a 3000\nservices: { web: { build: ., ports: [${'*a, '.repeat(5000)}], environment: { A: '1' } } }\n`,
  });
  expect(all['app']).toMatchObject({ port: 3000, environment: { A: '1' } });
});
