// The files that init writes, the region that it finds, and the answers to its questions.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { answerIn, chooseFor, openQuestionText } from '../../../init/choose.ts';
import { ignoreState, writeConfig } from '../../../init/files.ts';
import { regionOfProfile, userRegion } from '../../../init/region.ts';
import { DEFAULT_OPTIONS } from '../../../lib/run/options.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const config = () => join(folder, 'slipway.config.ts');
const gitignore = () => readFileSync(join(folder, '.gitignore'), 'utf8');

describe('the files', () => {
  test('a configuration that exists is never replaced', async () => {
    expect(await writeConfig(config(), 'first')).toBe(true);
    expect(await writeConfig(config(), 'second')).toBe(false);
    expect(readFileSync(config(), 'utf8')).toBe('first');
  });

  test('a folder that cannot be written is a problem', async () => {
    await expect(writeConfig(join(folder, 'missing/slipway.config.ts'), '')).rejects.toMatchObject({
      code: 'CONFIG_UNWRITABLE',
      why: expect.stringContaining('ENOENT'),
    });
  });

  test.each([
    ['is created', undefined, '.slipway/\n'],
    ['gets one more line', 'node_modules\n', 'node_modules\n.slipway/\n'],
    ['without a line break at its end gets one', 'node_modules', 'node_modules\n.slipway/\n'],
    ['keeps its line breaks', 'dist\r\n', 'dist\r\n.slipway/\r\n'],
  ])('.gitignore %s', async (_, before, after) => {
    if (before !== undefined) writeFileSync(join(folder, '.gitignore'), before);
    expect(await ignoreState(config())).toBe(true);
    expect(gitignore()).toBe(after);
    expect(await ignoreState(config())).toBe(false);
    expect(gitignore()).toBe(after);
  });

  test.each(['.slipway', '/.slipway/', '**/.slipway/', '.slipway/*'])(
    'a .gitignore with %s stays as it is',
    async (line) => {
      writeFileSync(join(folder, '.gitignore'), `dist\n${line}\n`);
      expect(await ignoreState(config())).toBe(false);
    },
  );
});

describe('the region', () => {
  test('is that of the environment, or else that of the profile', async () => {
    const file = join(folder, 'config');
    writeFileSync(
      file,
      '[default]\nregion = us-east-1\n\n[profile work]\noutput = json\nregion=eu-north-1\n',
    );
    const env = { AWS_CONFIG_FILE: file };
    expect(await userRegion({ ...env, AWS_REGION: 'ap-south-1' })).toMatchObject({ value: 'ap-south-1' });
    expect(await userRegion(env)).toMatchObject({ value: 'us-east-1' });
    expect(await userRegion({ ...env, AWS_PROFILE: 'work' })).toMatchObject({ value: 'eu-north-1' });
    expect(await userRegion({ ...env, AWS_REGION: 'nowhere' })).toMatchObject({ value: 'us-east-1' });
    expect(await userRegion({ HOME: folder })).toMatchObject({ value: 'eu-west-1' });
  });

  test('of a profile without one is unknown', () => {
    expect(
      regionOfProfile('[default]\noutput = json\n[profile other]\nregion = eu-west-2', 'default'),
    ).toBeUndefined();
  });
});

describe('an open question', () => {
  const open = {
    question: 'Which one?',
    choices: ['listen(3000) in a.js', 'listen(4000) in b.js'],
    guess: 'listen(4000) in b.js',
  };

  test('lists its choices by number, and names the most likely one', () => {
    expect(openQuestionText(open)).toBe(
      'Which one?\n  1  listen(3000) in a.js\n  2  listen(4000) in b.js\n[2] ',
    );
    expect(openQuestionText({ question: 'Sure?', choices: ['yes', 'no'], guess: 'no' })).toBe(
      'Sure? (yes, no) [no] ',
    );
  });

  test('accepts a number, the words, their beginning, or nothing', () => {
    expect(answerIn(open, '')).toBe(open.guess);
    expect(answerIn(open, '1')).toBe(open.choices[0]);
    expect(answerIn({ ...open, choices: ['yes', 'no'] }, 'Y')).toBe('yes');
    expect(answerIn(open, 'listen')).toBeUndefined();
    expect(answerIn(open, '3')).toBeUndefined();
    const port = { question: 'Which port?', choices: 'port', guess: '3000' } as const;
    expect(['8080', '0', '70000', 'web'].map((answer) => answerIn(port, answer))).toEqual([
      '8080',
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('is answered by the most likely choice, and reported, without a terminal or with --yes', async () => {
    for (const [interactive, yes] of [
      [false, false],
      [true, true],
    ] as const) {
      const events: string[] = [];
      const choose = chooseFor({
        interactive,
        options: { ...DEFAULT_OPTIONS, yes },
        report: ({ type, text }) => void events.push(`${type} ${text}`),
        signal: new AbortController().signal,
      });
      expect(await choose(open)).toBe(open.guess);
      expect(events).toEqual([`warning Which one? Assumed: ${open.guess}.`]);
    }
  });
});
