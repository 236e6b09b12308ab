// From arguments to exit code: what the two mains share.
import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { problem } from '../../../../lib/model/problem.ts';
import { problemText } from '../../../../lib/run/main.ts';
import { compileProgram } from '../../../program.ts';

describe('the text of a problem', () => {
  const wild = problem('DEPLOYMENT', {
    what: 'api\u001b[2J does not start.',
    why: 'it wrote:\n\u001b]0;mine\u0007\tno\u009b database',
    now: 'half\r done',
    fix: ['rm \u001b[1A', 'ls'],
  });

  test('says its four parts, one under the other, and leaves no control characters in them', () => {
    expect(problemText(wild, false)).toBe(
      [
        '',
        'problem  api\\u001b[2J does not start. [DEPLOYMENT]',
        '  why    it wrote:',
        '         \\u001b]0;mine\\u0007 no\\u009b database',
        '  now    half\\u000d done',
        '  to do  rm \\u001b[1A',
        '         ls',
        '',
      ].join('\n'),
    );
  });

  test('has only our colours', () => {
    expect(problemText(wild, true).split('\u001b')).toEqual([
      '\n',
      '[31mproblem',
      expect.stringMatching(/^\[39m {2}api\\u001b/),
    ]);
  });

  test('ends with the stack for who looks for a mistake, and that is as harmless', () => {
    process.env['SLIPWAY_DEBUG'] = '1';
    try {
      const text = problemText(problem('REFUSED', { ...wild, cause: new Error('\u001b[2J') }), false);
      expect(text).toMatch(/\nError: \\u001b\[2J\n {4}at /);
    } finally {
      delete process.env['SLIPWAY_DEBUG'];
    }
  });
});

/** Runs a main in a process of its own, with this work. */
async function ranWith(work: string) {
  const program = `import { main } from 'lib/run/main.ts'; await main('provision', '', ${work}, []);`;
  return spawnSync(process.execPath, [await compileProgram(program)], { encoding: 'utf8', timeout: 30_000 });
}

describe('a run', () => {
  test('that waits for what keeps no process alive comes to its end', async () => {
    const work = `() => new Promise((done) => setTimeout(() => done({ exitCode: 2, text: 'up' }), 50).unref())`;
    expect(await ranWith(work)).toMatchObject({ status: 2, stdout: 'up\n', stderr: '' });
  });

  test('that is done ends', async () => {
    expect(await ranWith(`async () => ({ exitCode: 0, text: 'up' })`)).toMatchObject({
      status: 0,
      stdout: 'up\n',
    });
  });
});
