// TypeScript without a build step: each file is compiled separately, and runs as it does under a loader such as tsx.
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { folderOf } from '../image/folder.ts';
import { packaged, pathsOf, rejectionOf, runPackaged, textOf } from './packaged.ts';

const START = { compiles: true, entry: 'src/main.ts' };

const run = async (files: Readonly<Record<string, string>>, entry = 'src/main.js'): Promise<string> =>
  runPackaged(await packaged(await folderOf(files), START), entry);

const GREET = `export const greet = (name: string): string => 'hello ' + name;\n`;

test.each(['{ "type": "module" }', '{ "type": "commonjs" }', '{}'])(
  'imports with and without extensions lead to the compiled files: %s',
  async (manifest) => {
    const output = await run({
      'package.json': manifest,
      'src/main.ts': `
        import { greet } from './greet';
        import { greet as same } from './greet.js';
        import { greet as again } from './greet.ts';
        import { name } from './names';
        import { readFileSync } from 'node:fs';
        import data from './data.json';
        const { late } = await import('./late');
        console.log(greet(name), greet === same && same === again, data.count, late, typeof readFileSync);`,
      'src/greet.ts': GREET,
      'src/names/index.ts': `export const name: string = 'you';\n`,
      'src/late.ts': `export const late: number = 1;\n`,
      'src/data.json': '{ "count": 3 }',
    }).catch((error: unknown) => String(error));
    // CommonJS has no top-level await; where package.json leaves the kind of module open, the file becomes an ES module.
    expect(output).toContain(
      manifest.includes('commonjs') ? 'Top-level await' : 'hello you true 3 1 function\n',
    );
  },
);

test('CommonJS modules keep require, module and __dirname', async () => {
  const output = await run({
    'src/main.ts': `
      const { greet } = require('./greet');
      import path = require('node:path');
      const later: string = './greet';
      console.log(greet('you'), require.main === module, path.basename(__dirname), typeof require(later).greet);`,
    'src/greet.ts': GREET,
  });
  expect(output).toBe('hello you true src function\n');
});

test('a module that uses import.meta or waits at the top level becomes an ES module, and imports CommonJS', async () => {
  const output = await run({
    'package.json': '{}',
    'src/main.ts': `
      import { greet } from './greet';
      import { here } from './here';
      console.log(await Promise.resolve(greet('you')), here);`,
    'src/greet.ts': GREET,
    'src/here.ts': `import { basename } from 'node:path';\nexport const here = basename(import.meta.url);\n`,
  });
  expect(output).toBe('hello you here.js\n');
});

test('.mts and .cts files become .mjs and .cjs', async () => {
  const output = await run({
    'package.json': '{}',
    'src/main.ts': `
      import { a } from './a.mjs';
      import { b } from './b.cjs';
      console.log(await a, b);`,
    'src/a.mts': `export const a: Promise<string> = Promise.resolve(import.meta.filename.slice(-5));\n`,
    'src/b.cts': `export const b: string = __filename.slice(-5);\n`,
  });
  expect(output).toBe('a.mjs b.cjs\n');
});

test('paths and the base URL of an inherited tsconfig.json, and imports of package.json, lead to the compiled files', async () => {
  const output = await run({
    'package.json': '{ "imports": { "#config": "./src/config.ts" } }',
    'tsconfig.json': '{ "extends": "./tsconfig.base.json" }',
    'tsconfig.base.json':
      '{ /* shared */ "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["src/lib/*"] } } }',
    'src/main.ts': `
      import { greet } from '@lib/greet';
      import { name } from 'src/lib/name';
      import { config } from '#config';
      import { plain } from '@lib/plain';
      console.log(greet(name), config, plain);`,
    'src/lib/greet.ts': GREET,
    'src/lib/name.ts': `export const name = 'you';\n`,
    'src/lib/plain.js': `exports.plain = require('#config').config;\n`,
    'src/config.ts': `export const config = 'configured';\n`,
  });
  expect(output).toBe('hello you configured configured\n');
});

test('packages of a workspace that are TypeScript are compiled, and JavaScript files find them by name', async () => {
  const root = await folderOf({
    'package-lock.json': '{ "packages": {} }',
    'packages/api/package.json': '{ "name": "api", "dependencies": { "shared": "*" } }',
    'packages/api/src/main.ts': `import { greet } from 'shared';\nimport { plain } from './plain.js';\nconsole.log(greet('you'), plain);\n`,
    'packages/api/src/plain.js': `exports.plain = require('shared').greet('me');\n`,
    'packages/shared/package.json':
      '{ "name": "shared", "exports": { ".": { "types": "./src/index.ts", "default": "./src/index.ts" } } }',
    'packages/shared/src/index.ts': `export { greet } from './greet';\n`,
    'packages/shared/src/greet.ts': GREET,
    'node_modules/.keep': '',
  });
  await symlink('../packages/shared', join(root, 'node_modules/shared'));
  const files = await packaged(join(root, 'packages/api'), {
    ...START,
    folder: '/app/packages/api',
    workspaceFolder: '/app',
  });
  expect(await runPackaged(files, 'src/main.js', 'app/packages/api')).toBe('hello you hello me\n');
});

test('decorators and their metadata work', async () => {
  const output = await run({
    'package.json': '{}',
    'tsconfig.json':
      '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
    'src/main.ts': `
      import { Db } from './db';
      import type { Options } from './db';
      const seen: unknown[] = [];
      Object.assign(Reflect, { metadata: (key: string, value: unknown) => () => void (key === 'design:paramtypes' && seen.push(value)) });
      const Injectable = (): ClassDecorator => () => {};
      @Injectable()
      class Service {
        constructor(readonly db: Db, readonly options: Options, readonly name: string) {}
      }
      console.log(JSON.stringify(seen.flat().map((type) => (type as { name: string }).name)), Service.name);`,
    'src/db.ts': `export class Db {}\nexport interface Options {}\n`,
  });
  expect(output).toBe('["Db","Object","String"] Service\n');
});

test('a stack trace names the lines of the source', async () => {
  for (const config of [
    '{}',
    '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
  ])
    expect(
      await run({
        'package.json': '{}',
        'tsconfig.json': config,
        'src/main.ts': `interface A {\n  readonly a: string;\n}\nconst no = (): ClassDecorator => () => {};\n@no()\nclass Shop {}\n\nthrow new Error('broken ' + Shop.name);\n`,
      }),
    ).toMatch(/src\/main\.ts:8:7/);
});

test('a worker that the program names as a TypeScript file runs', async () => {
  const output = await run({
    'package.json': '{ "type": "module" }',
    'src/main.ts': `
      import { fork } from 'node:child_process';
      import { Worker } from 'node:worker_threads';
      new Worker(new URL('./worker.ts', import.meta.url)).once('message', (text: string) => {
        fork(new URL('./child.ts', import.meta.url), [text]);
      });`,
    'src/worker.ts': `import { parentPort } from 'node:worker_threads';\nparentPort!.postMessage('from the worker');\n`,
    'src/child.ts': `console.log(process.argv[2] as string);\n`,
    'src/other.ts': '',
  });
  expect(output).toBe('from the worker\n');
});

test('the image contains compiled files instead of the sources, the same wherever the folder is', async () => {
  const files = {
    'package.json': '{}',
    'src/main.ts': `import { greet } from './greet';\ngreet('');\n`,
    'src/greet.ts': GREET,
    'src/types.d.ts': '',
  };
  const [one, other] = await Promise.all([
    packaged(await folderOf(files), START),
    packaged(await folderOf(files), START),
  ]);
  expect(pathsOf(one.program.entries)).toEqual([
    'app/package.json',
    'app/src/greet.js',
    'app/src/greet.js.map',
    'app/src/main.js',
    'app/src/main.js.map',
    'app/src/types.d.ts',
  ]);
  for (const path of ['app/src/main.js', 'app/src/main.js.map'])
    expect(await textOf(other.program, path)).toBe(await textOf(one.program, path));
  const uncompiled = await packaged(await folderOf(files));
  expect(pathsOf(uncompiled.program.entries)).toContain('app/src/main.ts');
});

test('errors in files that the program imports are reported with their places; other files are left out', async () => {
  const files = {
    'package.json': '{}',
    'src/main.ts': `import './lib';\n`,
    'src/lib.ts': '',
    'test/a.test.ts': 'const = ;',
  };
  const { notes, program } = await packaged(await folderOf(files), START);
  expect(notes.join()).toMatch(/test\/a\.test\.ts is left out/);
  expect(pathsOf(program.entries)).not.toContain('app/test/a.test.js');
  const broken = await folderOf({ ...files, 'src/lib.ts': `\n  const x = 'a;` });
  const { code, why } = await rejectionOf(packaged(broken, START));
  expect({ code, why }).toEqual({
    code: 'PACKAGE',
    why: expect.stringMatching(/src\/lib\.ts:2:\d+: Unterminated/),
  });
});
