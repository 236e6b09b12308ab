/** The table of security controls names a test for each control, and each of these tests exists. */
import { posix } from 'node:path';
import { expect, test } from '@jest/globals';
import { FILES, text } from './files.ts';

const PAGE = 'docs/security-controls.md';

/** The rows of the table: a control, the title of a test, and its file. */
const rows = [...text(PAGE).matchAll(/^\| ([A-Z0-9]+\.\d+) +\|.*\| \[`([^`]+)`\]\(([^)]+)\) *\|$/gm)].map(
  ([, control = '', title = '', link = '']) => ({
    control,
    title,
    file: posix.join(posix.dirname(PAGE), link),
  }),
);

test('the table covers the four services', () => {
  const services = new Set(rows.map(({ control }) => control.split('.')[0]));
  expect([...services].sort()).toEqual(['EC2', 'ECR', 'ECS', 'ELB']);
});

test.each(rows)('$control: its test exists', ({ title, file }) => {
  expect(FILES).toContain(file);
  expect(text(file)).toContain(`test('${title}'`);
});
