// The sources of containers: their fields, and the start and the user that follow from them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startOfContainer } from '../../../../lib/config/program.ts';
import { kindOf } from '../../../../lib/config/path-kind.ts';
import { parseConfig } from '../../../../lib/config/parse.ts';
import { folderWith, validStackWith, WITHOUT_BALANCER } from './support.ts';

const folder = folderWith({
  'package.json': '{ "workspaces": ["packages/*"] }',
  'packages/api/package.json': '{}',
  'packages/api/server.js': '',
  'packages/api/worker.js': '',
  'packages/api/docker/Dockerfile':
    'ARG V=1\nFROM node:22 AS run\nWORKDIR /srv\nCOPY . .\nENV V=$V\nUSER 1500\nCMD ["node", "packages/api/server.js"]\nFROM run AS debug\nUSER root',
  'folders/src/main.ts/readme': '',
  'python/Dockerfile': 'FROM python:3.12-slim\nCOPY . .\nCMD ["python", "app.py"]',
  'python/app.py': '',
  'debian/Dockerfile': 'FROM debian:12\nRUN apt-get install nodejs\nCOPY . .\nCMD ["node", "server.js"]',
  'debian/server.js': '',
});
const DOCKERFILE = { dockerfile: 'docker/Dockerfile', context: '.' };
const containerWith = (fields: object, more: Record<string, unknown> = {}) => {
  const container = { source: 'packages/api', ...fields };
  const config = parseConfig(
    validStackWith({
      ...WITHOUT_BALANCER,
      'services.shop.graceSeconds': undefined,
      'services.shop.containers': { api: container },
      ...more,
    }),
    {
      stage: 'dev',
      target: 'aws',
      folder,
    },
  );
  const api = config.services[0]?.containers[0];
  if (api === undefined || !('source' in api.image)) throw new Error('There is no source');
  return { ...api, image: api.image };
};

test('a source has absolute folders, and only the fields that are set', () => {
  expect(containerWith({}).image).toStrictEqual({ source: join(folder, 'packages/api') });
  const fields = { dockerfile: 'docker/Dockerfile', target: 'run', context: '.', buildArgs: { A: '1' } };
  expect(containerWith(fields).image).toStrictEqual({
    source: join(folder, 'packages/api'),
    context: folder,
    dockerfile: 'docker/Dockerfile',
    target: 'run',
    buildArgs: { A: '1' },
  });
});

test('a container starts as its source and its fields say', () => {
  const fields = { dockerfile: 'docker/Dockerfile', target: 'run', context: '.' };
  const container = containerWith(fields);
  expect(startOfContainer(container.image, container)).toMatchObject({
    command: ['node', 'packages/api/server.js'],
    folder: '/srv/packages/api',
    workspaceFolder: '/srv',
    user: '1500',
  });
  const worker = containerWith({ entry: 'worker.js' });
  expect(startOfContainer(worker.image, worker)).toMatchObject({
    entry: 'worker.js',
    folder: '/app/packages/api',
  });
  const command = containerWith({ command: ['node', 'worker.js'] });
  expect(startOfContainer(command.image, command)).toMatchObject({
    command: ['node', 'worker.js'],
    entry: 'worker.js',
  });
});

test.each([
  [{}, '1000:1000', 'by default the user of the Node images'],
  [{ ...DOCKERFILE, target: 'run' }, '1500', 'a number in the Dockerfile'],
  [DOCKERFILE, 'root', 'root in the Dockerfile'],
  [{ ...DOCKERFILE, user: '7:7' }, '7:7', 'the configuration first'],
])('the user of %j is %s: %s', (fields, user, _why) => {
  expect(containerWith(fields).user).toBe(user);
});

test('a path that cannot exist is nothing', () => {
  expect(kindOf(join(folder, 'x'.repeat(5000)))).toBeUndefined();
  expect(() => startOfContainer({ source: join(folder, 'folders') })).toThrow('has no program');
});

test.each<[string, object, boolean | undefined]>([
  ['a Dockerfile of Python', { source: 'python' }, true],
  ['a Dockerfile of Node', DOCKERFILE, undefined],
  ['a Node program on another base image', { source: 'debian' }, undefined],
  ['no Dockerfile', { entry: 'server.js' }, undefined],
])('a container with %s is marked if its image lacks Node', (_, fields, lacksNode) => {
  expect(containerWith(fields, { builder: 'auto' }).lacksNode).toBe(lacksNode);
});

test.each([
  ['gcr.io/distroless/nodejs22-debian12', true],
  ['node:22-alpine', undefined],
])('a container on %s is marked if its image hides Node: %s', (base, hidesNode) => {
  const source = join(folder, base.replaceAll(/\W/g, '-'));
  mkdirSync(source);
  writeFileSync(join(source, 'Dockerfile'), `FROM node:22 AS build\nFROM ${base}\nCMD ["server.js"]\n`);
  writeFileSync(join(source, 'server.js'), '');
  expect(containerWith({ source }, { builder: 'auto' }).hidesNode).toBe(hidesNode);
});
