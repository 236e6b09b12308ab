/** Extracts the commands and files that a document's reader would type, in reading order. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced block of a document. */
export interface Block {
  /** Where the block starts, as `README.md:12`. */
  readonly at: string;
  readonly language: string;
  readonly text: string;
  /** The reason why tests do not run the block, from `<!-- not run: … -->` before it. */
  readonly reasonNotRun: string | undefined;
}

const FENCED =
  /(?:<!-- not run: (?<notRun>.+?) -->\s*)?^(?<indent> *)```(?<language>\w*)\n(?<text>[^]*?)^ *```$/gm;

/** Lists the fenced blocks of a document. */
export function blocksIn(root: string, document: string): Block[] {
  const content = readFileSync(join(root, document), 'utf8');
  return [...content.matchAll(FENCED)].map(({ groups = {}, index }) => {
    const { notRun, indent = '', language = '', text = '' } = groups;
    const line = content.slice(0, index).split('\n').length;
    return {
      at: `${document}:${line}`,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      reasonNotRun: notRun,
    };
  });
}

/** Lists the programs that a script starts: the first word of each line. */
export const programsIn = (script: string): string[] => [
  ...new Set(
    script
      .replaceAll(/\\\n/g, ' ')
      .split('\n')
      .flatMap((line) => /^(?:\w+=\S+ )*([\w-]+)/.exec(line)?.[1] ?? []),
  ),
];

/**
 * Makes a script stop at the first failing command. A command with `--plan` fails unless it exits with 2: documented plans
 * always find changes.
 * @see ../README.md, the table of exit codes
 */
export const stopAtFailure = (script: string): string =>
  [
    'set -e',
    ...script
      .split('\n')
      // A comment would hide what is added to a line.
      .map((line) => line.replace(/\s+# .*$/, ''))
      .map((line) => (/ --plan\b/.test(line) ? `${line} && exit 90 || [ $? -eq 2 ]` : line)),
  ].join('\n');
