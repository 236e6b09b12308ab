// A configuration file is found, run and checked.
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { defineStack, type StackContext } from '../../../../lib/config/define.ts';
import { loadConfig } from '../../../../lib/config/load.ts';
import { Problem } from '../../../../lib/problem.ts';
import { folderWith, sound } from './support.ts';

const folder = folderWith({
  'slipway.config.ts': '',
  'api/main.ts': '',
  'good.config.ts': `
    import { home } from './nearby/home.ts';
    const stage: string = 'dev';
    export default async ({ target }: { target: string }) => ({
      name: 'store',
      region: 'eu-west-1',
      tags: { target, stage, folder: import.meta.dirname, home },
      services: { shop: { containers: { api: { source: 'api' } } } },
    });`,
  'nearby/home.ts':
    "import { basename } from 'node:path';\nexport const home = basename(import.meta.dirname);\n",
  'syntax.config.ts': 'export default {\n  a: 1\n  b: 2,\n};\n',
  'throws.config.ts':
    "const price = () => {\n  throw new Error('PRICE is not set');\n};\nexport default price();\n",
  'calls.config.ts': "export default () => {\n  throw new Error('PRICE is not set');\n};\n",
  'imports.config.ts': "import nothing from './nowhere.ts';\nexport default nothing;\n",
  'silent.config.ts': 'export const stack = {};\n',
  'package.json': '{ "type": "module" }',
});
const file = join(folder, 'slipway.config.ts');
const exporting = (exported: unknown) =>
  ({ file, stage: 'dev', target: 'aws', importFile: async () => exported }) as const;
const problemOf = async (load: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await load.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw error;
};

describe('a module', () => {
  test('is imported by its absolute path, and its sources lie beside it', async () => {
    const paths: string[] = [];
    const importFile = async (path: string): Promise<unknown> => {
      paths.push(path);
      return { default: sound() };
    };
    const config = await loadConfig({ file, stage: 'prod', target: 'aws', importFile });
    expect(paths).toEqual([file]);
    expect(config).toMatchObject({ stage: 'prod', target: 'aws' });
    expect(config.services[0]?.containers[0]?.image).toEqual({ source: join(dirname(file), 'api') });
  });

  test('may export a function of the stage and the target, which may take its time', async () => {
    const asked: StackContext[] = [];
    const stack = defineStack(async (context) => {
      asked.push(context);
      return { ...sound(), name: `for-${context.stage}` };
    });
    expect(await loadConfig(exporting({ default: stack }))).toMatchObject({ name: 'for-dev' });
    expect(asked).toEqual([{ stage: 'dev', target: 'aws' }]);
  });

  test('may be wrapped in another', async () => {
    const wrapped = { default: { __esModule: true, default: sound() } };
    expect(await loadConfig(exporting(wrapped))).toMatchObject({ name: 'store' });
  });

  test.each([[{}], [{ stack: sound() }], [{ default: undefined }], [undefined]])(
    'without a default export is refused: %p',
    async (exported) => {
      expect(await problemOf(loadConfig(exporting(exported)))).toMatchObject({
        code: 'CONFIG_LOAD',
        why: 'It has no default export.',
      });
    },
  );

  test('whose function returns nothing has that for a mistake', async () => {
    expect(await problemOf(loadConfig(exporting({ default: () => undefined })))).toMatchObject({
      code: 'CONFIG_INVALID',
      what: `${file} has 1 mistake.`,
      why: 'default export: missing. Give an object: a stack.',
    });
  });

  test.each([
    [new Error('PRICE is not set'), 'PRICE is not set'],
    ['PRICE', "It threw 'PRICE'."],
    [null, 'It threw null.'],
  ])('that throws %p is refused with what it threw', async (thrown, why) => {
    const fail = (): never => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- a configuration may throw anything
      throw thrown;
    };
    const refused = { code: 'CONFIG_LOAD', why, cause: thrown };
    expect(await problemOf(loadConfig({ ...exporting({}), importFile: async () => fail() }))).toMatchObject(
      refused,
    );
    expect(await problemOf(loadConfig(exporting({ default: fail })))).toMatchObject(refused);
  });
});

test.each(['nowhere.config.ts', 'api'])(
  'there is no configuration at %s, and it is told where it was looked for',
  async (name) => {
    const path = join(folder, name);
    expect(await problemOf(loadConfig({ ...exporting({}), file: path }))).toMatchObject({
      code: 'CONFIG_MISSING',
      what: `There is no ${path}.`,
      why: `${path} is not a file.`,
    });
  },
);

test('real files are bundled and run: their stacks are read, and what is wrong with them is told with its line', async () => {
  const names = ['good', 'syntax', 'throws', 'calls', 'imports', 'silent'].map((name) => `${name}.config.ts`);
  const script = `
    const { loadConfig } = await import('./lib/config/load.ts');
    const told = await Promise.all(${JSON.stringify(names)}.map((name) =>
      loadConfig({ file: ${JSON.stringify(folder)} + '/' + name, stage: 'dev', target: 'sandbox' })
        .then(({ tags }) => tags, ({ code, why }) => code + ': ' + why)));
    process.stdout.write(JSON.stringify(told));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    '--input-type=module',
    '--eval',
    script,
  ]);
  expect(JSON.parse(stdout)).toEqual([
    { target: 'sandbox', stage: 'dev', folder, home: 'nearby' },
    'CONFIG_LOAD: syntax.config.ts, line 3: Expected "}" but found "b"',
    `CONFIG_LOAD: ${folder}/throws.config.ts, line 2: PRICE is not set`,
    `CONFIG_LOAD: ${folder}/calls.config.ts, line 2: PRICE is not set`,
    'CONFIG_LOAD: imports.config.ts, line 1: Could not resolve "./nowhere.ts"',
    'CONFIG_LOAD: It has no default export.',
  ]);
}, 30_000);
