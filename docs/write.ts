/** Writes the generated parts of the documents: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transientErrors, type TransientError } from '../lib/aws/transient-errors.ts';
import { services } from '../sandbox/services.ts';
import { commandReference, problemIndex } from './command-reference.ts';
import { configurationTables } from './configuration-tables.ts';
import { convergenceTable } from './convergence-table.ts';

/** Everything above this line is written manually, and everything below it is generated. */
const MARK = '<!-- Below this line: npm run docs -->';

/** The pages with a generated part. Each `generate` returns the part as Prettier would format it. */
export const PAGES: readonly { readonly page: string; readonly generate: () => string }[] = [
  { page: 'docs/configuration.md', generate: configurationTables },
  { page: 'docs/converge.md', generate: convergenceTable },
  { page: 'docs/reference.md', generate: () => `${commandReference()}\n${problemIndex()}` },
  { page: 'docs/waiting.md', generate: transientErrorList },
  { page: 'sandbox/BEHAVIOUR.md', generate: operationList },
];

/** Returns the contents of a page with the generated part replaced. */
export const rewritten = (contents: string, generated: string): string =>
  `${contents.split(MARK)[0]}${MARK}\n\n${generated}`;

const codeList = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function transientErrorList(): string {
  return transientErrors
    .map((error) => {
      const { why, seconds, maxAttempts, onlyRecentlyCreated } = error;
      const bounds = [
        `${seconds} s`,
        ...(maxAttempts ? [`${maxAttempts} attempts`] : []),
        ...(onlyRecentlyCreated ? ['for recently created resources'] : []),
      ];
      return `- ${why}: ${bounds.join(', ')}. ${callsText(error)}\n`;
    })
    .join('');
}

function callsText({ commands, commandPattern: pattern }: TransientError): string {
  if (pattern) return `Calls that match \`${pattern.source}\``;
  return commands ? codeList(commands) : 'Any call';
}

function operationList(): string {
  return Object.values(services)
    .map(({ name, operations }) => `- ${name}: ${codeList(Object.keys(operations).sort())}\n`)
    .join('');
}

if (process.argv[1] === import.meta.filename) {
  for (const { page, generate } of PAGES) {
    const file = join(import.meta.dirname, '..', page);
    writeFileSync(file, rewritten(readFileSync(file, 'utf8'), generate()));
  }
}
