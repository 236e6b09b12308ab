// Loading a configuration: the file is found, run and checked.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Config } from '../../../../lib/config/config.ts';
import { loadConfig, type LoadOptions } from '../../../../lib/config/load.ts';
import { Problem } from '../../../../lib/model/problem.ts';
import { folderWith } from './support.ts';

const folder = folderWith({
  'api/main.ts': '',
  'nearby/home.ts':
    "import { basename } from 'node:path';\nexport const home = basename(import.meta.dirname);\n",
  'nearby/price.ts':
    "import { need } from 'need';\n\nexport const price = () => {\n  return need(() => { throw new Error('PRICE is not set'); });\n};\n",
  'node_modules/need/index.js': 'export const need = (get) => get();\n',
  'node_modules/need/package.json': '{ "type": "module", "main": "index.js" }',
  'project/slipway.config.ts': '',
});
let fileCount = 0;
/** Loads a configuration file with this content. */
function load(text: string, options: Partial<LoadOptions> = {}): Promise<Config> {
  const file = join(folder, `${(fileCount += 1)}.config.ts`);
  writeFileSync(file, text);
  return loadConfig({ file, stage: 'dev', target: 'sandbox', ...options });
}
/** The source text of a valid stack's fields. Tests add more fields. */
const STACK =
  "name: 'store', region: 'eu-west-1', services: { shop: { containers: { api: { source: 'api' } } } }";
const problemOf = async (loading: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw error;
};
/** Returns the reason why a load fails, without the path of the configuration file. */
const whyOf = async (loading: Promise<unknown>): Promise<string> => {
  const { code, why, now, fix } = await problemOf(loading);
  expect({ code, now }).toEqual({ code: 'CONFIG_LOAD', now: 'Nothing was changed.' });
  expect(fix.join()).not.toBe('');
  return why.replace(/\S*\d+(?=\.config\.ts)/, '');
};

describe('a module', () => {
  test('runs in its own folder, can import other modules, and names sources relative to that folder', async () => {
    const config = await load(`
      import { home } from './nearby/home.ts';
      const stage: string = await Promise.resolve('dev');
      export default { ${STACK}, tags: { stage, folder: import.meta.dirname, home } };`);
    expect(config.tags).toEqual({ stage: 'dev', folder, home: 'nearby' });
    expect(config.services[0]?.containers[0]?.image).toEqual({ source: join(folder, 'api') });
  });

  test('may import defineStack from slipway, even if Slipway is not installed beside it', async () => {
    const config = await load(
      `import { defineStack } from 'slipway'; export default defineStack({ ${STACK} });`,
    );
    expect(config.name).toBe('store');
  });

  test('may be JSON that names its schema', async () => {
    const file = join(folder, 'stack.json');
    const services = { shop: { containers: { api: { source: 'api' } } } };
    const $schema = './node_modules/slipway/dist/schema.json';
    writeFileSync(file, JSON.stringify({ $schema, name: 'store', region: 'eu-west-1', services }));
    const config = await loadConfig({ file, stage: 'dev', target: 'sandbox' });
    expect(config.services[0]?.containers[0]?.image).toEqual({ source: join(folder, 'api') });
    writeFileSync(file, JSON.stringify({ $schema: 1, name: 'store', region: 'eu-west-1', services }));
    await expect(loadConfig({ file, stage: 'dev', target: 'sandbox' })).rejects.toThrow(/\$schema/);
  });

  test('may export a function of the stage and the target, even an asynchronous one', async () => {
    const text = `export default async ({ stage, target }: { stage: string; target: string }) =>
      ({ ${STACK}, tags: { stage, target } });`;
    const options = { stage: 'prod', target: 'aws' } as const;
    expect(await load(text, options)).toMatchObject({ ...options, tags: options });
  });

  test('may be wrapped in another module', async () => {
    expect(await load(`export default { __esModule: true, default: { ${STACK} } };`)).toMatchObject({
      name: 'store',
    });
  });

  test('may set environment variables of the run, such as AWS_PROFILE', async () => {
    process.env['SLIPWAY_TEST_GONE'] = 'there';
    await load(
      `process.env.SLIPWAY_TEST = 'set'; delete process.env.SLIPWAY_TEST_GONE; export default { ${STACK} };`,
    );
    expect(process.env).toMatchObject({ SLIPWAY_TEST: 'set' });
    expect(process.env).not.toHaveProperty('SLIPWAY_TEST_GONE');
    delete process.env['SLIPWAY_TEST'];
  });

  test('is read again when it has changed', async () => {
    const file = join(folder, 'again.config.ts');
    const read = async (text: string) => {
      writeFileSync(file, `export default { ${STACK}, tags: { text: '${text}' } };`);
      return (await loadConfig({ file, stage: 'dev', target: 'sandbox' })).tags;
    };
    expect(await read('one')).toEqual({ text: 'one' });
    expect(await read('other')).toEqual({ text: 'other' });
  });

  test.each(['', `export const stack = { ${STACK} };`, 'export default undefined;'])(
    'without a default export is refused: %s',
    async (text) => {
      expect(await whyOf(load(text))).toBe('It has no default export.');
    },
  );

  test('whose function returns nothing has a single mistake', async () => {
    expect(await problemOf(load('export default () => undefined;'))).toMatchObject({
      code: 'CONFIG_INVALID',
      why: 'default export: missing. Use an object: a stack.',
    });
  });

  test.each([
    ['() => 5', 'a function'],
    ['new Map([["a", "b"]])', 'a Map'],
    ['new Date()', 'a Date'],
    ['new Error("no")', 'an Error'],
    ['Promise.resolve({})', 'a Promise'],
    ['Symbol("x")', 'a symbol'],
    ['new Array(1e9)', 'a list of 1000000000 items'],
    ['10n', '10n'],
  ])('whose tags are %s is refused, and its other mistakes are also reported', async (value, shown) => {
    expect(await problemOf(load(`export default { ${STACK}, name: '9', tags: ${value} };`))).toMatchObject({
      code: 'CONFIG_INVALID',
      why: expect.stringMatching(
        new RegExp(`^name: '9'\\. .*\\ntags: ${shown}\\. Use an object: tags .*$`),
      ) as unknown,
    });
  });
});

describe('an error in a file is reported with its line and column:', () => {
  test.each([
    [
      'it does not compile',
      'export default {\n  a: 1\n  b: 2,\n};\n',
      '.config.ts:3:3: Expected "}" but found "b"',
    ],
    [
      'it throws',
      "const price = () => {\n  throw new Error('PRICE is not set');\n};\nexport default price();\n",
      '.config.ts:2:9: PRICE is not set',
    ],
    [
      'its function throws',
      "export default () => {\n  throw new Error('PRICE is not set');\n};\n",
      '.config.ts:2:9: PRICE is not set',
    ],
    [
      'its promise rejects',
      "export default async () => {\n  await null;\n  throw new Error('PRICE is not set');\n};\n",
      '.config.ts:3:9: PRICE is not set',
    ],
    [
      'a getter throws',
      "export default {\n  get name() {\n    throw new Error('PRICE is not set');\n  },\n};\n",
      '.config.ts:3:11: PRICE is not set',
    ],
    [
      'it throws later',
      "export default () => new Promise(() => setTimeout(() => {\n  throw new Error('PRICE is not set');\n}));\n",
      '.config.ts:2:9: PRICE is not set',
    ],
    [
      'it imports a missing module',
      "import nothing from './nowhere.ts';\nexport default nothing;\n",
      '.config.ts:1:21: Could not resolve "./nowhere.ts"',
    ],
  ])('%s', async (_, text, why) => {
    expect(await whyOf(load(text))).toBe(why);
  });
});

describe('the problem names the right culprit:', () => {
  test.each([
    [
      'export default {\n  a: 1\n  b: 2,\n};\n',
      'cannot be compiled.',
      'Correct the errors named above, then run the command again.',
    ],
    [
      "throw new Error('no');",
      'threw an error.',
      'Remove the cause of the error, or correct the line that is named; then run the command again.',
    ],
    [
      "throw 'no';",
      'threw an error.',
      'Remove the cause of the error, or correct the file; then run the command again.',
    ],
    ['process.exit(3);', 'did not return a configuration.', /^Correct \S+, then run the command again\.$/],
    ['export const one = 1;', 'does not export a configuration.', /^Write export default defineStack/],
  ])('%s', async (text, what, fix) => {
    const shown = await problemOf(load(text));
    expect(shown.what.replace(/^\S+ /, '')).toBe(what);
    expect(shown.fix).toEqual([typeof fix === 'string' ? fix : expect.stringMatching(fix)]);
  });

  test('the line of an imported module that throws, not a line of a package or of the configuration', async () => {
    const text = "import { price } from './nearby/price.ts';\n\nexport default price();\n";
    expect(await whyOf(load(text))).toBe(`${join(folder, 'nearby/price.ts')}:4:29: PRICE is not set`);
  });

  test('a file inside the current folder is named by its relative path', async () => {
    const current = process.cwd();
    process.chdir(folder);
    try {
      const { what, why } = await problemOf(load("throw new Error('no');"));
      expect({ what, why }).toEqual({
        what: expect.stringMatching(/^\S+ threw an error\.$/),
        why: expect.stringMatching(/^\d+\.config\.ts:1:7: no$/),
      });
    } finally {
      process.chdir(current);
    }
  });

  test('a file that is not a program', async () => {
    writeFileSync(join(folder, 'README.md'), '# Read me');
    const file = join(folder, 'README.md');
    expect(await problemOf(loadConfig({ file, stage: 'dev', target: 'aws' }))).toMatchObject({
      code: 'CONFIG_LOAD',
      what: `${file} is not a configuration.`,
      why: 'A configuration is a TypeScript or JavaScript file, such as slipway.config.ts.',
      fix: ['Name the configuration with --config FILE.'],
    });
  });

  test.each([
    ['nearby', 'Name the file in it: --config FILE. It contains no slipway.config.ts.'],
    ['project', expect.stringMatching(/^Name the file in it: --config \S+project\/slipway\.config\.ts$/)],
  ])('a folder in place of a file: %s', async (name, fix) => {
    const file = join(folder, name);
    expect(await problemOf(loadConfig({ file, stage: 'dev', target: 'aws' }))).toMatchObject({
      code: 'CONFIG_MISSING',
      what: `${file} is a folder.`,
      why: 'A configuration is a file.',
      fix: [fix],
    });
  });
});

describe('a thrown value that is not an Error is also reported:', () => {
  test.each([
    ["throw 'PRICE'; export default {};", "It threw 'PRICE'."],
    ['throw null; export default {};', 'It threw null.'],
    [
      "const odd = () => { throw new Proxy({}, { get() { throw new Error('no'); } }); }; export { odd as default };",
      'It threw something that cannot be shown.',
    ],
    ["export default () => Promise.reject('PRICE');", "It threw 'PRICE'."],
  ])('%s', async (text, why) => {
    expect(await whyOf(load(text))).toBe(why);
  });
});

describe('no configuration ends, blocks or crashes the run that loads it:', () => {
  test.each([
    [
      'process.exit();',
      'It called process.exit(0): a configuration runs inside Slipway and must only describe a stack.',
    ],
    ["process.on('exit', () => process.exit(3)); process.exit(2);", /^It called process\.exit\(2\)/],
    ['export default () => process.exit(1);', /^It called process\.exit\(1\)/],
    ['export default () => new Promise(() => undefined);', 'It waits for something that never happens.'],
    ['await new Promise(() => undefined); export default {};', 'It waits for something that never happens.'],
    ["process.kill(process.pid, 'SIGKILL'); setInterval(() => 0, 9);", 'Its process ended: SIGKILL.'],
  ])('%s', async (text, why) => {
    expect(await whyOf(load(text))).toEqual(typeof why === 'string' ? why : expect.stringMatching(why));
  });

  test.each([
    'for (;;);',
    'export default () => new Promise(() => setInterval(() => 0, 9));',
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
  ])('%s', async (text) => {
    expect(await whyOf(load(text, { timeoutMs: 1500 }))).toBe('It did not finish within 1.5 s.');
  });

  test('a stack that contains itself is refused', async () => {
    const text = `const tags: Record<string, unknown> = {}; tags.a = tags; export default { ${STACK}, tags };`;
    expect(await problemOf(load(text))).toMatchObject({
      code: 'CONFIG_INVALID',
      why: 'tags.a: an object. Use a string: the value of a tag.',
    });
  });

  test('a configuration that leaves a timer running is still loaded', async () => {
    expect(await load(`setInterval(() => 0, 9); export default { ${STACK} };`)).toMatchObject({
      name: 'store',
    });
  });

  test('a configuration that changes Object.prototype changes it only in its own process', async () => {
    await load(`Object.assign(Object.prototype, { spoilt: true }); export default { ${STACK} };`).catch(
      () => undefined,
    );
    expect({}).not.toHaveProperty('spoilt');
  });

  test('aborting the run also aborts the configuration', async () => {
    const controller = new AbortController();
    const loading = load('for (;;);', { signal: controller.signal });
    controller.abort(new Error('stop'));
    await expect(loading).rejects.toThrow('stop');
  });
});

test.each(['nowhere.config.ts', 'nowhere/slipway.config.ts'])(
  'when there is no configuration at %s, the problem names the expected path',
  async (name) => {
    const path = join(folder, name);
    expect(await problemOf(loadConfig({ file: path, stage: 'dev', target: 'aws' }))).toMatchObject({
      code: 'CONFIG_MISSING',
      what: `There is no ${path}.`,
      why: `${path} is not a file.`,
    });
  },
);

test('the problem shows the path of a missing configuration as typed, and its reason shows the absolute path', async () => {
  const loading = loadConfig({ file: 'nowhere.config.ts', stage: 'dev', target: 'aws' });
  expect(await problemOf(loading)).toMatchObject({
    code: 'CONFIG_MISSING',
    what: 'There is no nowhere.config.ts.',
    why: `${resolve('nowhere.config.ts')} is not a file.`,
  });
});

test('an unquoted name with a hyphen is explained', async () => {
  const why = await whyOf(load("export default { name: 'store', services: { my-shop: {} } };"));
  expect(why).toMatch(/found "-"\. Put a name that contains a hyphen in quotes\.$/);
});

test('a configuration can read its variables from a file, as the fix for envFile recommends', async () => {
  const env = join(folder, '.env');
  writeFileSync(env, 'LEVEL=debug\nGREETING="hello there"\n');
  const config = await load(`
    import { readFileSync } from 'node:fs';
    import { parseEnv } from 'node:util';
    const environment = parseEnv(readFileSync(${JSON.stringify(env)}, 'utf8'));
    export default { ${STACK.replace("source: 'api'", "source: 'api', environment")} };`);
  expect(config.services[0]?.containers[0]?.environment).toEqual({ LEVEL: 'debug', GREETING: 'hello there' });
});
