// Other installers than npm: each installs the package into an empty project, runs it, and is named in its messages.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { followProcess } from '../journeys/command.ts';
import { httpRequest, machine, ROOT } from '../journeys/harness.ts';
import { startRegistry, type PackageRegistry } from './registry.ts';
import { TARBALL_VARIABLE } from './tarball.ts';

let registry: PackageRegistry;
beforeAll(async () => {
  registry = await startRegistry(join(ROOT, 'node_modules'));
}, 120_000);
afterAll(() => registry.close());

/** Returns the version of an installer; undefined if it is missing. */
const versionOf = (program: string): string | undefined => {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', cwd: ROOT });
  return status === 0 ? stdout.trim() : undefined;
};
const isBerry = !(versionOf('yarn') ?? '1.').startsWith('1.');

/** Creates a project with a program, and returns a function that runs an installer in it. */
async function emptyProject(settings: NodeJS.ProcessEnv = {}) {
  const user = await machine({
    npm_config_registry: registry.url,
    BUN_CONFIG_REGISTRY: registry.url,
    YARN_NPM_REGISTRY_SERVER: registry.url,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_ENABLE_TELEMETRY: '0',
    // The registry does not say how old a version is.
    YARN_NPM_MINIMAL_AGE_GATE: '0',
    YARN_NODE_LINKER: 'node-modules',
    ...settings,
  });
  user.write('package.json', '{ "name": "shop", "version": "1.0.0", "private": true }');
  // Otherwise Yarn looks for a project above.
  user.write('yarn.lock', '');
  user.write('web/package.json', '{ "name": "web", "main": "server.js" }');
  user.write(
    'web/server.js',
    `require('node:http').createServer((_, response) => response.end('hello')).listen(3000);`,
  );
  return (program: string, ...args: readonly string[]) =>
    followProcess(spawn(program, args, { cwd: user.folder, env: user.env })).done;
}

const tarball = `slipway@file:${process.env[TARBALL_VARIABLE] ?? ''}`;

test.each(
  [
    { program: 'pnpm', add: ['add', '--save-dev'], run: ['exec'], typed: 'pnpm exec slipway' },
    { program: 'yarn', add: ['add', '--dev'], run: ['run'], typed: 'yarn slipway' },
    { program: 'bun', add: ['add', '--dev'], run: ['x'], typed: 'bunx slipway' },
  ].map((one) => ({ ...one, skip: versionOf(one.program) === undefined })),
)(
  '$program installs the package, and init, provision and teardown run',
  async ({ program, add, run, typed, skip }) => {
    if (skip) return void process.stderr.write(`${program} is not installed, so it is not tested.\n`);
    const command = await emptyProject();
    const installation = await command(program, ...add, tarball);
    expect(installation.code === 0 ? '' : installation.stdout + installation.stderr).toBe('');
    const slipway = (...args: readonly string[]) => command(program, ...run, 'slipway', ...args);
    const first = await slipway('init', '--yes');
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining(`${typed} provision\n`) });
    const { code, stdout, problem } = await slipway('provision');
    expect({ code, problem }).toEqual({ code: 0, problem: undefined });
    const [url = ''] = /^http:.*$/m.exec(stdout) ?? [];
    expect(await httpRequest(url)).toMatchObject({ status: 200, body: 'hello' });
    expect((await slipway('nonsense')).problem?.fix).toEqual([`${typed} --help`]);
    expect(await slipway('teardown', '--yes')).toMatchObject({ code: 0 });
  },
  240_000,
);

(isBerry ? test : test.skip)(
  "Yarn's Plug and Play is rejected, and the problem names the setting (needs Yarn 2 or newer)",
  async () => {
    const command = await emptyProject({ YARN_NODE_LINKER: 'pnp' });
    const installation = await command('yarn', 'add', '--dev', tarball);
    expect(installation.code === 0 ? '' : installation.stdout).toBe('');
    const { code, problem } = await command('yarn', 'slipway', 'provision');
    expect(code).toBe(1);
    expect(problem).toMatchObject({ code: 'NODE', now: 'Nothing was changed.' });
    expect(problem?.fix.join()).toContain('nodeLinker: node-modules');
  },
  120_000,
);
