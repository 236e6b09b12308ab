// A program may import files of its project that are outside of its own folder, as examples do with the package that contains them.
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { folderOf } from '../image/folder.ts';
import { packaged, pathsOf, runPackaged } from './packaged.ts';

const json = (value: object): string => JSON.stringify(value);
const PROJECT = {
  'package-lock.json': '{}',
  'package.json': json({ name: 'lib', dependencies: { a: '1' }, devDependencies: { dev: '1' } }),
  'index.js': `module.exports = require('./lib/main');\n`,
  'lib/main.js': `module.exports = 'main+' + require('a') + '+' + require('./data');\n`,
  'lib/data.json': '"data"',
  'lib/unused.js': '',
  'node_modules/a/package.json': json({ name: 'a', version: '1.0.0' }),
  'node_modules/a/index.js': `module.exports = 'a';\n`,
  'node_modules/dev/package.json': json({ name: 'dev', version: '1.0.0' }),
  'node_modules/dev/index.js': `module.exports = 'dev';\n`,
  'node_modules/other/package.json': json({ name: 'other', version: '1.0.0' }),
};

test('an example is packaged with the files of its package that it imports, and with the packages that it imports', async () => {
  const project = await folderOf({
    ...PROJECT,
    'examples/one/server.js': `console.log(require('../../'), require('dev'), require('./view').text);\n`,
    'examples/one/view.js': `try { require('missing'); } catch {}\nexports.text = 'view';\n`,
    'examples/two/server.js': '',
  });
  const files = await packaged(join(project, 'examples/one'));
  expect(pathsOf(files.program.entries)).toEqual([
    'app -> workspace/examples/one',
    'workspace/examples/one/server.js',
    'workspace/examples/one/view.js',
    'workspace/index.js',
    'workspace/lib/data.json',
    'workspace/lib/main.js',
    'workspace/package.json',
  ]);
  expect(pathsOf(files.dependencies.entries)).toEqual([
    'workspace/node_modules/a/index.js',
    'workspace/node_modules/a/package.json',
    'workspace/node_modules/dev/index.js',
    'workspace/node_modules/dev/package.json',
  ]);
  expect(await runPackaged(files, 'server.js')).toBe('main+a+data dev view\n');
});

test('a program with its own package.json gets shared files and their packages, compiled, but not its development packages', async () => {
  const project = await folderOf({
    ...PROJECT,
    'shared/package.json': '{ "type": "module" }',
    'shared/greet.ts': `import a from 'a';\nexport const greet = (name: string): string => name + '+' + a;\n`,
    'api/package.json': json({ name: 'api', type: 'module', devDependencies: { dev: '1' } }),
    'api/server.ts': `import { greet } from '../shared/greet';\nimport type {} from 'dev';\nconsole.log(greet('api'));\n`,
  });
  const files = await packaged(join(project, 'api'), { entry: 'server.ts', compiles: true });
  expect(await runPackaged(files, 'server.js')).toBe('api+a\n');
  const paths = pathsOf(files.dependencies.entries);
  expect(paths.filter((path) => path.includes('/dev/'))).toEqual([]);
  expect(pathsOf(files.program.entries)).not.toContain('workspace/lib/main.js');
});

test('the module format of a folder without a package.json is that of the package around it', async () => {
  const project = await folderOf({
    'package-lock.json': '{}',
    'package.json': '{ "type": "module" }',
    'examples/one/server.js': `import { text } from '../text.js';\nconsole.log(text);\n`,
    'examples/text.js': `export const text = 'module';\n`,
  });
  expect(await runPackaged(await packaged(join(project, 'examples/one')), 'server.js')).toBe('module\n');
});
