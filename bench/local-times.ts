/** Measures how soon a new version serves on the sandbox: at a first provision, at an update, and while `npm run dev` watches. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { dirname, join } from 'node:path';
import { onCleanup } from './cleanup.ts';
import { withTemporaryFolder } from './compare.ts';
import { spreadOf } from './figures.ts';
import { freePort } from './local-server.ts';
import { EXAMPLES, localStack, PLAIN, PROGRAMS, SITE, type LocalStack, type Program } from './local-stack.ts';
import { killGroup, runCommand, type Command } from './run-command.ts';
import { ROOT, slipwayCommand, stopSandbox } from './slipway.ts';

/** The times of one change, in seconds. */
export interface LocalTime {
  readonly what: string;
  /** From the start of the command, or from the save, until the new version answers. */
  readonly served: number;
  /** From the start of the command until its end; undefined while `dev` watches. */
  readonly ended: number | undefined;
  /** The requests that were not answered well in between. */
  readonly lost: number;
}

/** The number of saves of each program. */
const SAVES = 20;
const POLL_MS = 20;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Requests a path. @returns the version that answered, and whether the answer was good */
const request = (port: number, path: string): Promise<{ version: string; isGood: boolean }> =>
  new Promise((resolve) => {
    get(
      { host: '127.0.0.1', port, path, headers: { host: 'api.local.localhost' }, agent: false },
      (response) => {
        response.resume();
        const { statusCode = 0, headers } = response;
        response.on('close', () =>
          resolve({ version: String(headers['x-version']), isGood: statusCode < 500 && response.complete }),
        );
      },
    ).on('error', () => resolve({ version: '', isGood: false }));
  });

/** Requests a path until a version answers. @returns the time since `start`, and the requests that failed, in seconds */
async function untilServed(port: number, path: string, version: string, start: number) {
  let lost = 0;
  for (;;) {
    const answer = await request(port, path);
    if (answer.isGood && answer.version === version)
      return { served: (performance.now() - start) / 1000, lost };
    if (!answer.isGood) lost += 1;
    await pause(POLL_MS);
  }
}

/** Measures provisions of the example, and saves of programs that are packaged as they are, and then of bundled programs. */
export async function measureLocalTimes(log: (text: string) => void): Promise<LocalTime[]> {
  const example: LocalStack = { builder: 'auto', programs: EXAMPLES };
  const provisions = await withProject(example, (project) => measureProvisions(project, log));
  const packaged = await withProject({ builder: 'auto', programs: PROGRAMS }, (project) =>
    measureDev(project, log),
  );
  const bundled = await withProject({ builder: 'bundle', programs: EXAMPLES }, (project) =>
    measureDev(project, log),
  );
  return [...provisions, ...packaged, ...bundled.map((time) => ({ ...time, what: `${time.what}, bundled` }))];
}

/** The packages that a copy of the repository needs, as installed. */
function copyPackages(folder: string): void {
  const modules = join(ROOT, 'node_modules');
  const paths = readdirSync(modules)
    .filter((name) => name !== '.cache')
    .map((name) => join(modules, name));
  mkdirSync(join(folder, 'node_modules'));
  const copyWith = (flags: string) =>
    spawnSync('cp', [flags, ...paths, join(folder, 'node_modules')], { stdio: 'ignore' }).status;
  // Hard links take a fraction of the time, but cannot lead to another file system.
  if (copyWith('-al') !== 0 && copyWith('-a') !== 0) throw new Error(`${modules} cannot be copied`);
}

/** Writes the programs and their configuration. @returns the function that saves a version of a program */
function writeProject(folder: string, stack: LocalStack): (program: Program, version: string) => void {
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(ROOT, name), join(folder, name));
  for (const name of ['api1', 'api2'])
    cpSync(join(ROOT, 'services', name), join(folder, 'services', name), { recursive: true });
  const files = { 'plain/main.ts': PLAIN };
  for (const [name, text] of Object.entries(SITE)) Object.assign(files, { [`site/${name}`]: text });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'services', name)), { recursive: true });
    writeFileSync(join(folder, 'services', name), text);
  }
  copyPackages(folder);
  writeFileSync(join(folder, 'slipway.config.ts'), `export default ${JSON.stringify(localStack(stack))};\n`);
  const originals = new Map(PROGRAMS.map(({ file }) => [file, readFileSync(join(folder, file), 'utf8')]));
  return ({ file, after, statement }, version) => {
    const text = originals.get(file) ?? '';
    writeFileSync(join(folder, file), text.replace(after, `${after}\n${statement(version)}`));
  };
}

/** A command without npm, which takes about 0.3 s on its own. */
const commandOf = (env: NodeJS.ProcessEnv, verb: 'provision' | 'teardown', config: string): Command => ({
  ...slipwayCommand(env, verb),
  command: process.execPath,
  args: ['run.js', verb, '--yes', '--config', config],
});

/** A project in a separate folder, with a new sandbox at the default pace and an empty cache. */
interface Project {
  readonly programs: readonly Program[];
  readonly env: NodeJS.ProcessEnv;
  readonly config: string;
  readonly httpPort: number;
  readonly save: (program: Program, version: string) => void;
}

/** Measures with a new project, and tears it down. */
const withProject = <T>(stack: LocalStack, measure: (project: Project) => Promise<T>): Promise<T> =>
  withTemporaryFolder(async (folder) => {
    const port = await freePort();
    const httpPort = await freePort();
    const home = join(folder, '.slipway');
    const env = {
      ...process.env,
      NO_UPDATE_NOTIFIER: '1',
      SLIPWAY_HOME: home,
      SLIPWAY_CACHE: join(folder, '.cache'),
      SLIPWAY_SANDBOX_PORT: String(port),
      SLIPWAY_SANDBOX_HTTP_PORT: String(httpPort),
    };
    const save = writeProject(folder, stack);
    const config = join(folder, 'slipway.config.ts');
    const stop = onCleanup(() => stopSandbox(home, port));
    try {
      const result = await measure({ programs: stack.programs, env, config, httpPort, save });
      await runCommand(commandOf(env, 'teardown', config));
      return result;
    } finally {
      await stop();
    }
  });

/** Provisions a project, and provisions it again with one changed image. */
async function measureProvisions(
  { programs, env, config, httpPort, save }: Project,
  log: (text: string) => void,
): Promise<LocalTime[]> {
  const results: LocalTime[] = [];
  for (const [what, version, changed] of [
    ['first provision', 'v1', programs],
    ['provision of a changed image', 'v2', programs.slice(0, 1)],
  ] as const) {
    for (const program of changed) save(program, version);
    const start = performance.now();
    const [{ served, lost }, { seconds }] = await Promise.all([
      untilServed(httpPort, '/api1', version, start),
      runCommand(commandOf(env, 'provision', config)),
    ]);
    // Before the first version, there is nothing that could answer.
    results.push({ what, served, ended: seconds, lost: version === 'v1' ? 0 : lost });
    log(`${what}: served after ${served.toFixed(2)} s, ended after ${seconds.toFixed(1)} s, ${lost} lost`);
  }
  return results;
}

/** Saves each program repeatedly while `dev` watches. @returns the medians */
async function measureDev(
  { programs, env, config, httpPort, save }: Project,
  log: (text: string) => void,
): Promise<LocalTime[]> {
  for (const program of programs) save(program, 'v1');
  await runCommand(commandOf(env, 'provision', config));
  const child = spawn(process.execPath, ['run.js', 'dev', '--config', config], {
    cwd: ROOT,
    env,
    detached: true,
  });
  const kill = onCleanup(() => killGroup(child));
  const closed = new Promise((resolve) => child.once('close', resolve));
  try {
    let output = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (chunk) => {
        output += String(chunk);
        if (output.includes('q stops')) resolve();
      });
      void closed.then(() => reject(new Error(`npm run dev ended:\n${output}`)));
    });
    const results: LocalTime[] = [];
    for (const program of programs) {
      const times: { readonly served: number; readonly lost: number }[] = [];
      for (let index = 1; index <= SAVES; index += 1) {
        const version = `dev-${index}`;
        const start = performance.now();
        save(program, version);
        times.push(await untilServed(httpPort, program.path, version, start));
      }
      const served = spreadOf(times.map((time) => time.served)).median;
      const lost = times.reduce((sum, time) => sum + time.lost, 0);
      results.push({ what: `dev: a save of ${program.name}`, served, ended: undefined, lost });
      log(
        `dev: a save of ${program.name}: served after ${served.toFixed(2)} s (median of ${SAVES}), ${lost} lost`,
      );
    }
    child.stdin.write('q\n');
    await closed;
    return results;
  } finally {
    await kill();
  }
}
