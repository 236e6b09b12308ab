/** Writes the ends of the pages that the code knows itself: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transientErrors, type TransientError } from '../lib/aws/transient-errors.ts';
import { services } from '../sandbox/services.ts';
import { configurationTables } from './configuration-tables.ts';
import { convergenceTable } from './convergence-table.ts';

/** All above this line is told, all below it is written. */
const MARK = '<!-- Below this line: npm run docs -->';

/** What a page ends with, as Prettier lays it out. */
export const PAGES: readonly { readonly page: string; readonly written: () => string }[] = [
  { page: 'docs/configuration.md', written: configurationTables },
  { page: 'docs/converge.md', written: convergenceTable },
  { page: 'docs/waiting.md', written: truthsList },
  { page: 'sandbox/BEHAVIOUR.md', written: operationsList },
];

/** The page with its end written anew. */
export const rewritten = (text: string, written: string): string =>
  `${text.split(MARK)[0]}${MARK}\n\n${written}`;

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function truthsList(): string {
  return transientErrors
    .map((truth) => {
      const { why, seconds, maxAttempts: tries, onlyRecentlyCreated: fresh } = truth;
      const bounds = [
        `${seconds} s`,
        ...(tries ? [`${tries} times`] : []),
        ...(fresh ? ['of new things'] : []),
      ];
      return `- ${why}: ${bounds.join(', ')}. ${commandsText(truth)}\n`;
    })
    .join('');
}

function commandsText({ commands, commandPattern: like }: TransientError): string {
  if (like) return `Calls that match \`${like.source}\``;
  return commands ? code(commands) : 'Any call';
}

function operationsList(): string {
  return Object.values(services)
    .map(({ name, operations }) => `- ${name}: ${code(Object.keys(operations).sort())}\n`)
    .join('');
}

if (process.argv[1] === import.meta.filename) {
  for (const { page, written } of PAGES) {
    const file = join(import.meta.dirname, '..', page);
    writeFileSync(file, rewritten(readFileSync(file, 'utf8'), written()));
  }
}
