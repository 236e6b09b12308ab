/** The pages that end with something the code says itself, and what that is. */
import { truths } from '../lib/truths.ts';
import { services } from '../sandbox/services.ts';
import { configurationTables } from './configuration-tables.ts';

/** All above this line is told, all below it is written. */
export const MARK = '<!-- Below this line: node --import tsx docs/write.ts -->';

/** What a page ends with, as Prettier lays it out. */
export const PAGES: readonly { readonly page: string; readonly written: () => string }[] = [
  { page: 'docs/configuration.md', written: configurationTables },
  { page: 'docs/waiting.md', written: truthsList },
  { page: 'sandbox/BEHAVIOUR.md', written: operationsList },
];

/** The page with its end written anew. */
export const rewritten = (text: string, written: string): string =>
  `${text.split(MARK)[0]}${MARK}\n\n${written}`;

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function truthsList(): string {
  return truths.map(({ why, seconds, commands }) => `- ${why}: ${seconds} s. ${code(commands)}\n`).join('');
}

function operationsList(): string {
  return Object.values(services)
    .map(({ name, operations }) => `- ${name}: ${code(Object.keys(operations).sort())}\n`)
    .join('');
}
