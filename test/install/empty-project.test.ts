// An empty project installs the package, and stands a stack up and takes it down with it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { VERBS } from '../../build/verbs.js';
import { httpRequest } from '../journeys/harness.ts';
import { project, sizeOf } from './project.ts';

const MAX_BYTES = 25 * 1024 * 1024;
const MAX_PACKAGES = 10;

const current = project({
  'package.json': '{ "name": "empty", "version": "1.0.0", "private": true }',
  'web/main.ts': `
    import { createServer } from 'node:http';
    const greeting: string = 'hello';
    createServer((request, response) => response.end(greeting)).listen(8000, '0.0.0.0');`,
  'slipway.config.ts': `
    import { defineStack } from 'slipway';
    export default defineStack({
      name: 'shop',
      region: 'eu-west-1',
      services: { web: { containers: { app: { source: 'web', port: 8000, path: '/' } } } },
    });`,
});

/** The size of all packages, without the caches that their programs keep beside them. */
function installationSize(folder: string): number {
  const counted = new Set<number>();
  return readdirSync(join(folder, 'node_modules'))
    .filter((name) => name !== '.cache')
    .reduce((total, name) => total + sizeOf(join(folder, 'node_modules', name), counted), 0);
}

test('the installation adds at most 25 MB and ten packages, and fetches only esbuild', () => {
  const { folder, registry } = current();
  const packages = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, object>;
  };
  const names = Object.keys(packages.packages).filter((name) => name.startsWith('node_modules/'));
  const installed = readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => /(^|\/)package\.json$/.test(name),
  );
  expect(names).toContain('node_modules/slipway');
  expect(installed.length).toBeGreaterThanOrEqual(3);
  expect(installed.length).toBeLessThanOrEqual(MAX_PACKAGES);
  expect(installationSize(folder)).toBeLessThanOrEqual(MAX_BYTES);
  expect([...registry.requested].filter((name) => !/^(@esbuild\/[\w-]+|esbuild)$/.test(name))).toEqual([]);
});

test('the package contains neither source nor code caches, and no script that npm runs on installation', () => {
  const folder = join(current().folder, 'node_modules/slipway');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => /(?<!\.d)\.ts$|\.map$|\.cjs-v/.test(name))).toEqual([]);
  const { scripts, dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    scripts: object;
    dependencies: object;
  };
  expect(Object.keys(scripts)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(pre|post)?install$|^prepare$/)]),
  );
  expect(Object.keys(dependencies)).toEqual(['esbuild']);
});

test('without a command, the commands are listed as they are typed', async () => {
  const { code, stdout } = await current().slipway();
  expect(code).toBe(0);
  for (const verb of [...VERBS.keys(), 'completion']) expect(stdout).toContain(`npx slipway ${verb} `);
  expect(stdout).not.toContain('npm run');
});

test.each([...VERBS.keys()])('%s has a help that names the command as it is typed', async (verb) => {
  const { code, stdout, stderr } = await current().slipway(verb, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^Usage: npx slipway ${verb} `));
  expect(stdout).not.toContain('npm run');
});

test.each([
  [['provision', '--nonsense'], 'npx slipway provision --help, to see its options'],
  [['deploy'], 'npx slipway deploy SERVICE'],
  [['nonsense'], 'npx slipway --help'],
  [['completion', 'tcsh'], 'npx slipway completion --help'],
])('the problem with %j advises a command as it is typed', async (args, fix) => {
  const { code, problem } = await current().slipway(...args);
  expect(code).toBe(1);
  expect(problem).toMatchObject({ code: 'ARGUMENTS', now: 'Nothing was changed.' });
  expect(problem?.fix[0]).toBe(fix);
});

test('a stack is provisioned, served, compared, deployed and taken down', async () => {
  const { slipway } = current();
  const first = await slipway('provision');
  expect(first).toMatchObject({ code: 0, problem: undefined, lastLine: expect.stringMatching(/^http:/) });
  expect(await httpRequest(first.lastLine)).toMatchObject({ status: 200, body: 'hello' });
  expect(await slipway('drift')).toMatchObject({ code: 0 });
  expect(await slipway('deploy', 'web', '--plan')).toMatchObject({ code: 0 });
  expect((await slipway('history')).stdout).toContain('web');
  const { problem } = await slipway('rollback');
  expect(problem?.fix.join()).toContain('npx slipway ');
  const second = await slipway('provision', '--json');
  expect(JSON.parse(second.stdout)).toMatchObject({ ok: true, url: first.lastLine });
  const last = await slipway('teardown', '--yes');
  expect(last).toMatchObject({ code: 0, lastLine: expect.stringContaining('shop-dev is gone, 0 left') });
  expect(first.stderr + problem?.fix.join() + last.stdout + last.stderr).not.toContain('npm run');
}, 180_000);
