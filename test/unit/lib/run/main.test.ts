// The main function of both commands, from arguments to exit code.
import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { problem } from '../../../../lib/model/problem.ts';
import { problemText } from '../../../../lib/run/main.ts';
import { compileProgram } from '../../../program.ts';

describe('the text of a problem', () => {
  const hostileProblem = problem('DEPLOYMENT', {
    what: 'api\u001b[2J does not start.',
    why: 'it wrote:\n\u001b]0;mine\u0007\tno\u009b database',
    now: 'half\r done',
    fix: ['rm \u001b[1A', 'ls'],
  });

  test('has its four parts on separate lines, without control characters', () => {
    expect(problemText(hostileProblem, false)).toBe(
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

  test('contains no colours from external text', () => {
    expect(problemText(hostileProblem, true).split('\u001b')).toEqual([
      '\n',
      '[31mproblem',
      expect.stringMatching(/^\[39m {2}api\\u001b/),
    ]);
  });

  test('ends with the stack trace in debug mode, again without control characters', () => {
    process.env['SLIPWAY_DEBUG'] = '1';
    try {
      const text = problemText(
        problem('REFUSED', { ...hostileProblem, cause: new Error('\u001b[2J') }),
        false,
      );
      expect(text).toMatch(/\nError: \\u001b\[2J\n {4}at /);
    } finally {
      delete process.env['SLIPWAY_DEBUG'];
    }
  });
});

/** Runs the main function with this work in a separate process. */
async function runMainWith(work: string) {
  const program = `import { main } from 'lib/run/main.ts'; await main('provision', '', ${work}, []);`;
  return spawnSync(process.execPath, [await compileProgram(program)], { encoding: 'utf8', timeout: 30_000 });
}

describe('a run', () => {
  test('finishes even if it waits for something that does not keep its process alive', async () => {
    const work = `() => new Promise((done) => setTimeout(() => done({ exitCode: 2, text: 'up' }), 50).unref())`;
    expect(await runMainWith(work)).toMatchObject({ status: 2, stdout: 'up\n', stderr: '' });
  });

  test('lets its process exit once it is done', async () => {
    expect(await runMainWith(`async () => ({ exitCode: 0, text: 'up' })`)).toMatchObject({
      status: 0,
      stdout: 'up\n',
    });
  });
});
