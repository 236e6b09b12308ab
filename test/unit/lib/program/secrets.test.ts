// Files that usually have secrets: an image does not contain them unless .dockerignore asks for them.
import { expect, test } from '@jest/globals';
import { folderOf } from '../image/folder.ts';
import { packaged, pathsOf } from './packaged.ts';

const FILES = {
  'server.js': '',
  '.env': 'A=1',
  '.env.local': 'A=1',
  '.env.example': 'A=',
  '.env.sample': 'A=',
  '.npmrc': '',
  '.yarnrc.yml': 'npmAuthToken: abc',
  'certs/server.key': '',
  'certs/server.pem': '',
  id_rsa: '',
  id_ed25519: '',
  'id_rsa.pub': '',
  '.aws/credentials': '',
  '.ssh/config': '',
  'keys.js': '',
};

test('files that usually have secrets are left out, and a note names them', async () => {
  const { program, notes } = await packaged(await folderOf(FILES));
  expect(pathsOf(program.entries)).toEqual([
    'app/.env.example',
    'app/.env.sample',
    'app/id_rsa.pub',
    'app/keys.js',
    'app/server.js',
  ]);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain(
    'usually have secrets: .aws, .env, .env.local, .npmrc, .ssh, .yarnrc.yml, certs/server.key,',
  );
  expect(notes[0]).toContain('`!.aws`');
});

test('they are left out of build output and of parts that a Dockerfile copies', async () => {
  const folder = await folderOf({ '.gitignore': 'dist\n', 'dist/.env': 'A=1', 'dist/server.js': '' });
  const { program } = await packaged(folder, {
    entry: 'dist/server.js',
    copies: [{ from: 'dist', to: '/app' }],
  });
  expect(pathsOf(program.entries)).toEqual(['app/.gitignore', 'app/dist/server.js', 'app/server.js']);
});

test.each([
  ['!.env\n', ['.env']],
  ['*\n!server.js\n!.env.*\n', ['.env.example', '.env.local', '.env.sample']],
  ['certs\n!certs/*.pem\n', ['certs/server.pem']],
  ['!.aws\n', ['.aws/credentials']],
  ['!.yarnrc.yml\n', ['.yarnrc.yml']],
  ['!**\n', []],
  ['!certs\n', []],
  ['!.env\n.env\n', []],
])('a rule of .dockerignore that names them includes them: %j', async (rules, expected) => {
  const { program } = await packaged(await folderOf({ ...FILES, '.dockerignore': rules }));
  const paths = pathsOf(program.entries).map((path) => path.slice('app/'.length));
  const others = ['.dockerignore', '.env.example', '.env.sample', 'id_rsa.pub', 'keys.js', 'server.js'];
  expect(paths.filter((path) => !others.includes(path) || expected.includes(path))).toEqual(expected);
});

test('a file of Yarn without a token is no secret', async () => {
  const { program } = await packaged(
    await folderOf({ 'server.js': '', '.yarnrc.yml': 'nodeLinker: node-modules\n' }),
  );
  expect(pathsOf(program.entries)).toEqual(['app/.yarnrc.yml', 'app/server.js']);
});
