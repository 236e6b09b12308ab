// An npm workspace installs the package at its root: the command-line, the programmatic API and the types work from its folders.
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { httpRequest, ROOT } from '../journeys/harness.ts';
import { project } from './project.ts';

const current = project({
  'package.json': '{ "name": "acme", "version": "1.0.0", "private": true, "workspaces": ["packages/*"] }',
  'packages/greet/package.json':
    '{ "name": "@acme/greet", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
  'packages/greet/index.js': "export const greet = (name) => 'hello ' + name;",
  'packages/web/package.json':
    '{ "name": "@acme/web", "version": "1.0.0", "type": "module", "main": "server.js", "dependencies": { "@acme/greet": "1.0.0" } }',
  'packages/web/server.js': `
    import { createServer } from 'node:http';
    import { greet } from '@acme/greet';
    createServer((request, response) => response.end(greet('acme'))).listen(8000, '0.0.0.0');`,
  'slipway.config.ts': `
    import { defineStack, type StackContext } from 'slipway';
    export default defineStack(({ stage }: StackContext) => ({
      name: 'acme',
      region: 'eu-west-1',
      tags: { stage },
      services: { web: { containers: { app: { source: 'packages/web', port: 8000, path: '/' } } } },
    }));`,
  'wrong.config.ts': `
    import { defineStack } from 'slipway';
    export default defineStack({ name: 'acme', region: 'eu-west-1', services: { web: { container: {} } } });`,
  'program.mts': `
    import { plan, Problem, provision, status, teardown, type ProvisionResult, type RunEvent } from 'slipway';
    const events: RunEvent[] = [];
    const result: ProvisionResult = await provision({ stage: 'qa', onEvent: (event) => void events.push(event) });
    const url: string | null = result.url;
    const { healthy } = await status({ stage: 'qa' });
    const { changes } = (await plan({ stage: 'qa' })).plan;
    const { left } = await teardown({ stage: 'qa' });
    const failure: unknown = await provision({ config: 'missing.ts' }).catch((error: unknown) => error);
    const fix = failure instanceof Problem ? failure.fix : [];
    process.stdout.write(JSON.stringify({ url, healthy, changes, left, fix, hasEvents: events.length > 0 }));`,
});

const strict = (options: object) =>
  JSON.stringify({
    compilerOptions: {
      ...{ target: 'es2023', lib: ['es2023', 'dom'], types: [], noEmit: true, strict: true },
      ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
      ...options,
    },
    files: ['slipway.config.ts', 'wrong.config.ts'],
  });

test.each([
  ['nodenext', { module: 'nodenext', moduleResolution: 'nodenext' }],
  ['bundler', { module: 'esnext', moduleResolution: 'bundler', verbatimModuleSyntax: true }],
])('a strict compiler checks a configuration, with the module resolution %s', async (name, options) => {
  const { write, command } = current();
  const config = write(`tsconfig.${name}.json`, strict(options));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = await command(process.execPath, [compiler, '-p', config, '--pretty', 'false']).done;
  const errors = stdout.split('\n').filter((line) => /^\S/.test(line));
  expect(errors).toEqual([expect.stringMatching(/^wrong\.config\.ts.*'container' does not exist/)]);
});

test('a stack with a package of the workspace is provisioned at the root, and compared in another folder', async () => {
  const { slipway, command } = current();
  const first = await slipway('provision');
  expect(first).toMatchObject({ code: 0, problem: undefined });
  expect(await httpRequest(first.lastLine)).toMatchObject({ status: 200, body: 'hello acme' });
  const config = ['--config', '../../slipway.config.ts'];
  const drift = await command('npx', ['slipway', 'drift', ...config], 'packages/web').done;
  expect(drift).toMatchObject({ code: 0, problem: undefined });
  expect(await slipway('teardown', '--yes')).toMatchObject({ code: 0 });
}, 180_000);

test('a program provisions and takes down a stack, with checked types, and nothing else is printed', async () => {
  const { command, registry } = current();
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const compile = [
    ...['program.mts', '--module', 'nodenext', '--target', 'es2023', '--strict', '--lib', 'es2023,dom'],
    ...['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types'), '--outDir', 'out'],
  ];
  const compiled = await command(process.execPath, [compiler, ...compile, '--ignoreConfig']).done;
  expect(compiled.stdout).toBe('');
  const { code, stdout, stderr } = await command(process.execPath, ['out/program.mjs']).done;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    url: expect.stringMatching(/^http:/),
    healthy: true,
    changes: [],
    left: 0,
    fix: expect.arrayContaining([expect.stringContaining('--config FILE')]),
    hasEvents: true,
  });
  expect([...registry.requested]).not.toContain('slipway');
}, 180_000);
