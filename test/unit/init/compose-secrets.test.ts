// Secrets of a Compose file: none is printed, and those of an ignored file are not in the configuration. Its names stay in their lines.
import { expect, test } from '@jest/globals';
import { guess } from './guess.ts';

const program = {
  'package.json': JSON.stringify({ name: 'shop', main: 'server.js' }),
  'server.js': `require('http').createServer().listen(3000);`,
  'other/package.json': JSON.stringify({ name: 'other', main: 'server.js' }),
  'other/server.js': `require('http').createServer().listen(3000);`,
};
const COMPOSE = `
services:
  web:
    build: { context: ., args: { MODE: fast, NPM_TOKEN: hunter2aaaa } }
    command: node server.js --password hunter2bbbb
  other:
    build: other
    command: npm run dev -- --token=hunter2cccc
  third:
    build: other
    command: node server.js --token=hunter2dddd | tee log
  db:
    image: https://me:hunter2eeee@registry.example.com/db
`;

test('what Git ignores keeps its secrets also in build arguments and commands', async () => {
  const { text } = await guess({ ...program, 'compose.yaml': COMPOSE, '.gitignore': 'compose.yaml\n' });
  expect(text).toContain(`MODE: 'fast'`);
  expect(text).not.toContain('hunter2');
});

test('the notes show no secrets', async () => {
  const { events, leftOut } = await guess({ ...program, 'compose.yaml': COMPOSE });
  expect(events.join('\n')).toContain('npm run dev');
  expect([...events, ...leftOut.map(({ why }) => why)].join('\n')).not.toContain('hunter2');
});

test('names with line breaks stay in the lines of their notes', async () => {
  const name = 'web\nproblem  Nothing was found.\u2028x';
  const services = { [name]: { build: '.', env_file: ['one\rtwo'] }, ['d\nb']: { image: 'x' } };
  const { events } = await guess({ ...program, 'compose.yaml': JSON.stringify({ services }) });
  expect(events).toHaveLength(3);
  expect(events.join('')).not.toMatch(/[\n\r\u2028]/);
});
