/** Every noun of the architecture has a step and a removal in files under its name, and unit tests for both. */
import { describe, expect, test } from '@jest/globals';
import { nouns } from '../../lib/model/architecture.ts';
import { FILES, nameOf, text } from './files.ts';

const FILE_NAMES = nouns.map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).sort();

/** The folders with a file for every noun, each with the export that identifies such a file. */
const FOLDERS = [
  { folder: 'provision/steps', exportPattern: /^export const \w+: Step<'/m },
  { folder: 'teardown/steps', exportPattern: /^export const \w+: Removal<'/m },
] as const;

describe.each(FOLDERS)('$folder', ({ folder, exportPattern }) => {
  test('the folder has a file for every noun, under its name', () => {
    const files = FILES.filter((file) => file.startsWith(`${folder}/`) && file.endsWith('.ts'));
    expect(files.filter((file) => exportPattern.test(text(file))).map(nameOf)).toEqual(FILE_NAMES);
  });

  test('every noun has unit tests', () => {
    const tests = FILE_NAMES.map((noun) => `test/unit/${folder}/${noun}.test.ts`);
    expect(tests.filter((file) => !FILES.includes(file))).toEqual([]);
  });
});
