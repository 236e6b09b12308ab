// Folders in another language without a Dockerfile: the problem names the language and a Dockerfile to start from.
import { expect, test } from '@jest/globals';
import { decideStart } from '../../../../lib/program/decide-start.ts';
import { viewOf } from './folder.ts';

function problemOf(files: Readonly<Record<string, string>>): unknown {
  try {
    return decideStart(viewOf(files));
  } catch (error) {
    return error;
  }
}

test.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
  [
    'Python',
    { 'app.py': '', 'requirements.txt': 'flask' },
    'requirements.txt is in the folder.',
    /'FROM python:3\.12-slim' .*'RUN pip install .*requirements\.txt' 'CMD \["python", "app\.py"\]' > \/repo\/Dockerfile$/,
  ],
  ['Python', { 'main.py': '' }, 'main.py is in the folder.', /'COPY \. \.' 'CMD \["python", "main\.py"\]'/],
  ['Go', { 'main.go': '', 'go.mod': 'module shop' }, 'go.mod is in the folder.', /go build -o \/app \.'/],
  ['Go', { 'main.go': '' }, 'main.go is in the folder.', /go build -o \/app main\.go'/],
  ['Ruby', { Gemfile: '' }, 'Gemfile is in the folder.', /'FROM ruby:3\.3-slim'/],
])('a %s program without a Dockerfile', (language, files, why, fix) => {
  expect(problemOf(files)).toMatchObject({
    code: 'NO_PROGRAM',
    what: `/repo is a ${language} program without a Dockerfile.`,
    why: expect.stringContaining(why),
    now: 'Nothing was changed.',
    fix: [expect.stringMatching(fix), expect.stringContaining('`entry`')],
  });
});

test('a Node program with a script in Python starts as a Node program', () => {
  expect(decideStart(viewOf({ 'server.js': '', 'app.py': '' })).base.kind).toBe('node');
});

test('a folder with a Dockerfile is not asked for one', () => {
  const files = { 'app.py': '', Dockerfile: 'FROM python:3.12\nCMD ["python", "app.py"]\n' };
  expect(decideStart(viewOf(files)).base).toEqual({ kind: 'other', reference: 'python:3.12' });
});
