/** Every problem code is explained in docs/problems.md and thrown somewhere. */
import { describe, expect, test } from '@jest/globals';
import { PROBLEM_CODES } from '../../lib/model/problem.ts';
import { CODE, isTest, text } from './files.ts';

describe('problems', () => {
  test('docs/problems.md explains each code once, in the order of PROBLEM_CODES', () => {
    const explained = [...text('docs/problems.md').matchAll(/^## (.+)$/gm)].map(([, code]) => code);
    expect(explained).toEqual([...PROBLEM_CODES]);
  });

  test('every problem code is thrown somewhere', () => {
    const thrown = CODE.filter(
      (file) =>
        /^(lib|provision|dev|logs|run|exec|dashboard|history|open|scale|restart|rollback|secret|status|teardown|api|init)\//.test(
          file,
        ) && !isTest(file),
    )
      .filter((file) => file !== 'lib/model/problem.ts')
      .map(text)
      .join('\n');
    expect(PROBLEM_CODES.filter((code) => !thrown.includes(`'${code}'`))).toEqual([]);
  });
});
