/** The completion scripts: a real shell completes commands, options and values. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { completionScripts, optionsInHelp } from '../../../pack/completion.ts';

const HELP = `Usage: npx slipway provision [options]

Stands the stack up.

Options:
  --target <target>    where the stack runs (choices: "sandbox", "aws", default:
                       "sandbox")
  --stage <name>       the stack's stage; letters [a-z]: and digits (default:
                       "dev")
  --config <file>      the configuration file
  --plan               only show what would
                       change
  -h, --help           show this help
`;

test('the options of a command are read from its help', () => {
  expect(optionsInHelp(HELP)).toEqual([
    {
      flag: '--target',
      placeholder: 'target',
      values: ['sandbox', 'aws'],
      description: 'where the stack runs',
    },
    {
      flag: '--stage',
      placeholder: 'name',
      values: [],
      description: "the stack's stage; letters [a-z]: and digits",
    },
    { flag: '--config', placeholder: 'file', values: [], description: 'the configuration file' },
    { flag: '--plan', placeholder: undefined, values: [], description: 'only show what would change' },
    { flag: '--help', placeholder: undefined, values: [], description: 'show this help' },
  ]);
});

const scripts = completionScripts([
  { name: 'provision', purpose: "stands the stack up: it's fast", options: optionsInHelp(HELP) },
  { name: 'history', purpose: 'lists [old] deployments', options: [] },
]);
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-completion-'));
  for (const [shell, script] of Object.entries(scripts)) writeFileSync(join(folder, shell), script);
  writeFileSync(join(folder, 'shop.config.ts'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Returns the completions that bash offers at the end of a line. */
function completionsInBash(line: string): string[] {
  const words = line.split(' ');
  const script = `source ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slipway; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...words], { cwd: folder, encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '');
}

test.each([
  ['slipway ', ['provision', 'history']],
  ['slipway pro', ['provision']],
  ['./node_modules/.bin/slipway his', ['history']],
  ['npx slipway pro', ['provision']],
  ['npx --yes slipway pro', ['provision']],
  ['pnpm exec slipway provision --pl', ['--plan']],
  ['npx slipway provision --', ['--target', '--stage', '--config', '--plan', '--help']],
  ['slipway provision --target ', ['sandbox', 'aws']],
  ['slipway provision --plan --target a', ['aws']],
  ['slipway provision --stage ', []],
  ['slipway provision --config shop', ['shop.config.ts']],
  ['slipway history --', []],
  ['npx prettier pro', []],
])('bash completes %j', (line, completions) => {
  expect(completionsInBash(line)).toEqual(completions);
});

const hasFish = spawnSync('fish', ['--version']).status === 0;
(hasFish ? test : test.skip).each([
  ['slipway pro', ['provision']],
  ['npx slipway his', ['history']],
  ['npx slipway provision --ta', ['--target']],
  ['slipway provision --target ', ['aws', 'sandbox']],
])('fish completes %j', (line, completions) => {
  const script = `source ${join(folder, 'fish')}; complete -C '${line}'`;
  const lines = execFileSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' }).trim().split('\n');
  expect(lines.map((one) => one.split('\t')[0])).toEqual(completions);
});

test.each(['bash', 'zsh', 'fish'] as const)('%s accepts its script, if it is installed', (shell) => {
  const { error, status, stderr } = spawnSync(shell, ['-n', join(folder, shell)], { encoding: 'utf8' });
  expect(error ? { status: 0, stderr: '' } : { status, stderr }).toEqual({ status: 0, stderr: '' });
});
