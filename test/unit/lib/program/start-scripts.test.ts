// The commands that scripts of package.json and Dockerfiles turn into.
import { describe, expect, test } from '@jest/globals';
import { decideStart } from '../../../../lib/program/decide-start.ts';
import { isProblem } from '../../../../lib/model/problem.ts';
import { viewOf } from './folder.ts';

const FILES = {
  'server.js': '',
  'src/main.ts': '',
  'src/worker.mts': '',
  'bin/www': '',
  'lib/index.js': '',
  'start.sh': '',
  'api/index.js': '',
};
const startWith = (
  scripts: Record<string, string>,
  more: object = {},
  files: Record<string, string> = FILES,
) => decideStart(viewOf({ ...files, 'package.json': JSON.stringify({ scripts, ...more }) }));

describe('a simple command starts the program itself', () => {
  test.each([
    ['node server.js', 'node server.js'],
    ['node server', 'node server.js'],
    ['node ./server.js --port 80', 'node server.js --port 80'],
    ['node lib', 'node lib/index.js'],
    ['node ./bin/www', 'node bin/www'],
    ['exec node server.js', 'node server.js'],
    ['node --watch server.js', 'node server.js'],
    ['node --watch-path src --inspect-brk=1 server.js', 'node server.js'],
    [
      'node -r dotenv/config --max-old-space-size=400 server.js',
      'node -r dotenv/config --max-old-space-size=400 server.js',
    ],
    ['node "server.js" \'a b\'', "node server.js 'a b'"],
    ['nodemon server.js', 'node server.js'],
    ['nodemon -w src --ext js,json server', 'node server.js'],
    ['nodemon --exec "node --no-warnings" server.js', 'node --no-warnings server.js'],
    ['npx nodemon server.js', 'node server.js'],
    ['ts-node src/main.ts', 'node --enable-source-maps src/main.js'],
    ['ts-node -P tsconfig.json -r tsconfig-paths/register src/main', 'node --enable-source-maps src/main.js'],
    ['ts-node-dev --respawn --transpile-only src/main.ts', 'node --enable-source-maps src/main.js'],
    ['tsx src/worker.mts', 'node --enable-source-maps src/worker.mjs'],
    [
      'tsx watch --clear-screen=false --no-warnings src/main.ts',
      'node --enable-source-maps --no-warnings src/main.js',
    ],
    ['node --import tsx src/main.ts', 'node --enable-source-maps src/main.js'],
    ['node --import=tsx --experimental-strip-types src/main.ts', 'node --enable-source-maps src/main.js'],
    [
      'node -r ts-node/register -r dotenv/config src/main.ts',
      'node --enable-source-maps -r dotenv/config src/main.js',
    ],
    ['nodemon --exec ts-node src/main.ts', 'node --enable-source-maps src/main.js'],
    ['nodemon src/main.ts', 'node --enable-source-maps src/main.js'],
    ['nest start --watch', 'node --enable-source-maps src/main.js'],
    ['node dist/main', 'node --enable-source-maps src/main.js'],
    ['node dist/main.js', 'node --enable-source-maps src/main.js'],
    ['npm run build && node server.js', 'node server.js'],
    ['rimraf dist && tsc -p . && node server.js', 'node server.js'],
    ['cd api && node index.js', 'node index.js'],
    ['next start -p 3000', 'next start -p 3000'],
    ['fastify start -l info app.js', 'fastify start -l info app.js'],
    ['./start.sh', './start.sh'],
    ['node server.js | pino-pretty', "/bin/sh -c 'node server.js | pino-pretty'"],
    ['node migrate.js && node server.js', "/bin/sh -c 'node migrate.js && exec node server.js'"],
    ['node server.js --port $PORT', "/bin/sh -c 'node server.js --port $PORT'"],
    ["node -e 'require(1)'", "node -e 'require(1)'"],
  ])('%s', (script, command) => {
    const start = startWith({ start: script });
    const quote = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`);
    expect(start.command.map(quote).join(' ')).toBe(command);
    expect(start.source).toBe('start script');
  });
});

describe('a file of variables', () => {
  const script = { start: 'node --env-file=.env server.js' };
  const left = '.env is not in the image: set its variables in `environment` of the container.';

  test('is read if it is packaged', () => {
    const start = startWith(script, {}, { ...FILES, '.env': '', '.dockerignore': '!.env' });
    expect(start).toMatchObject({ command: ['node', '--env-file=.env', 'server.js'], differences: [] });
  });

  test.each([
    ['it does not exist', {}],
    ['it usually has secrets', { '.env': '' }],
    ['.gitignore excludes it', { '.env': '', '.gitignore': 'node_modules\n.env\n' }],
    ['.dockerignore excludes it', { '.env': '', '.dockerignore': '**/.env*' }],
  ])('is left out and reported if %s', (_why, files) => {
    const start = startWith(script, {}, { ...FILES, ...files });
    expect(start).toMatchObject({ command: ['node', 'server.js'], differences: [left] });
  });

  test('may be the next word', () => {
    expect(startWith({ start: 'tsx --env-file .env src/main.ts' })).toMatchObject({
      command: ['node', '--enable-source-maps', 'src/main.js'],
      differences: [left],
    });
  });
});

test('a command line sets variables', () => {
  const start = startWith({ start: 'cross-env NODE_ENV=test A="b c" node server.js' });
  expect(start.environment).toMatchObject({ NODE_ENV: 'test', A: 'b c' });
  expect(startWith({ start: 'PORT=5000 npm run serve', serve: 'B=1 node server.js' })).toMatchObject({
    command: ['node', 'server.js'],
    environment: { PORT: '5000', B: '1', NODE_ENV: 'production' },
  });
});

test('a command line changes the directory', () => {
  const start = startWith({ start: 'cd api && node index.js' });
  expect(start).toMatchObject({ workingFolder: '/app/api', folder: '/app', entry: 'api/index.js' });
});

test('scripts run other scripts, and those before them', () => {
  const scripts = { start: 'yarn serve -- --fast', preserve: 'node migrate.js', serve: 'node server.js' };
  expect(startWith(scripts).command).toEqual([
    '/bin/sh',
    '-c',
    'node migrate.js && exec node server.js --fast',
  ]);
});

test('a script that builds the program before the start is not run, and is reported', () => {
  const start = startWith({ start: 'node server.js', prestart: 'npm run build', build: 'tsc' });
  expect(start.command).toEqual(['node', 'server.js']);
  expect(start.differences).toEqual(['npm run build is not run at the start: its output is packaged.']);
});

test('programs of packages are found on the path', () => {
  expect(startWith({ start: 'next start' }).environment['PATH']).toMatch(/^\/app\/node_modules\/\.bin:/);
  expect(startWith({ start: 'node server.js' }).environment['PATH']).not.toMatch('node_modules');
});

test('npm starts server.js when start in the Dockerfile names no script', () => {
  const files = { Dockerfile: 'FROM node:22\nWORKDIR /srv\nCMD npm start', 'server.js': '' };
  expect(startWith({}, {}, files).command).toEqual(['node', 'server.js']);
});

describe('a command that cannot start is a problem', () => {
  test.each([
    [{ start: 'node nowhere.js' }, /It runs nowhere.js, which does not exist/],
    [{ start: 'npm run serve' }, /It runs the script serve, which package.json does not have/],
    [{ start: 'npm run start' }, /Its scripts run each other without end/],
    [{ start: 'tsc -p .' }, /It builds the program and does not start it/],
    [{ start: 'vite preview' }, /It runs vite, and the image does not contain devDependencies such as vite/],
    [{ start: './nowhere.sh' }, /It runs .\/nowhere.sh, which does not exist/],
    [{ start: 'node' }, /It runs node without a file/],
    [{ start: 'NODE_ENV=production' }, /It is empty/],
  ])('%j', (scripts: Record<string, string>, why) => {
    const found = attempt(() => startWith(scripts, { devDependencies: { vite: '6' } }));
    expect(isProblem(found, 'NO_PROGRAM') && found.why).toMatch(why);
  });

  test('with the build as the fix if there is one', () => {
    const found = attempt(() => startWith({ start: 'node dist/start.js', build: 'tsc' }));
    expect(isProblem(found, 'NO_PROGRAM') && found.fix[0]).toMatch(/^Run npm run build/);
  });
});

function attempt(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
