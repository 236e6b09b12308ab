// Starts as the configuration says, with a Dockerfile.
import { describe, expect, test } from '@jest/globals';
import { isProblem } from '../../../../lib/model/problem.ts';
import { INDEX_FILES, startWithDockerfile } from './folder.ts';

describe('the configuration', () => {
  const text = 'FROM node:22 AS app\nWORKDIR /srv\nCOPY . .\nCMD ["node", "server.js"]\nFROM nginx';

  test('names the target', () => {
    expect(startWithDockerfile(text, INDEX_FILES, { target: 'app' })).toMatchObject({
      command: ['node', 'server.js'],
      folder: '/srv',
    });
  });

  test('names the Dockerfile', () => {
    const files = { ...INDEX_FILES, 'docker/prod.Dockerfile': 'FROM node\nCMD ["node", "index.js"]' };
    expect(startWithDockerfile(text, files, { dockerfile: 'docker/prod.Dockerfile' }).command).toEqual([
      'node',
      'index.js',
    ]);
  });

  test('has precedence over the command, and the rest stays as the Dockerfile says', () => {
    expect(
      startWithDockerfile(text, INDEX_FILES, { target: 'app', entry: 'src/main.ts', user: 'root' }),
    ).toMatchObject({
      source: 'configuration',
      command: ['node', '--enable-source-maps', 'src/main.js'],
      workingFolder: '/srv',
      compiles: true,
      user: 'root',
    });
    expect(
      startWithDockerfile(text, INDEX_FILES, { target: 'app', command: ['node', 'index.js'] }),
    ).toMatchObject({
      source: 'configuration',
      command: ['node', 'index.js'],
      entry: 'index.js',
    });
  });

  test('keeps an entry point that belongs to the program', () => {
    const files = { ...INDEX_FILES, 'entrypoint.sh': '' };
    const withEntrypoint =
      'FROM node\nWORKDIR /app\nENTRYPOINT ["./entrypoint.sh"]\nCMD ["node", "server.js"]';
    expect(startWithDockerfile(withEntrypoint, files).command).toEqual([
      './entrypoint.sh',
      'node',
      'server.js',
    ]);
    expect(startWithDockerfile(withEntrypoint, files, { command: ['b'] })).toMatchObject({
      entrypoint: ['./entrypoint.sh'],
      command: ['b'],
    });
  });

  test('does not change the base image by a command', () => {
    expect(startWithDockerfile('FROM python:3', INDEX_FILES, { command: ['python', 'b.py'] })).toMatchObject({
      base: { kind: 'other', reference: 'python:3' },
      command: ['python', 'b.py'],
    });
  });

  test.each([
    [{ target: 'test' }, /Dockerfile has no stage test/],
    [{ dockerfile: 'nowhere' }, /Its Dockerfile nowhere does not exist/],
    [{ entry: 'nowhere.js' }, /It runs nowhere.js, which does not exist/],
  ])('%j is a problem', (settings, why) => {
    try {
      startWithDockerfile(text, INDEX_FILES, settings);
      throw new Error('There was no problem');
    } catch (error) {
      expect(isProblem(error, 'NO_PROGRAM') && error.why).toMatch(why);
    }
  });
});
