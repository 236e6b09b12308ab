/** Renders the table of deploys with a fault in docs/rollouts.md. */
import { table } from '../../docs/table.ts';
import type { DeployLine } from './deploys.ts';

/** The generated part of the page is between these lines. */
const START = '<!-- Below this line: npm run test:deploys -->';
const END = '<!-- Above this line: npm run test:deploys -->';

/** Returns the page with its table of deploys replaced. */
export function rolloutsPage(text: string, lines: readonly DeployLine[]): string {
  const [before = ''] = text.split(START);
  const after = text.split(END)[1] ?? '\n';
  return `${before}${START}\n\n${deploysTable(lines)}\n${END}${after}`;
}

function deploysTable(lines: readonly DeployLine[]): string {
  const names = [...new Set(lines.map(({ name }) => name))].sort();
  const rows = names.map((name) => {
    const [first, update] = (['first deploy', 'update'] as const).map((mode) =>
      lines.find((line) => line.name === name && line.mode === mode),
    );
    const printed = [...new Set([first?.printed ?? '', update?.printed ?? ''])].filter(Boolean);
    return [
      first?.fault ?? update?.fault ?? '',
      secondsText(first),
      secondsText(update),
      printed.map(cell).join('; '),
    ];
  });
  return table([['fault', 'first deploy', 'update', 'printed'], ...rows]);
}

const secondsText = (line: DeployLine | undefined): string => (line ? `${Math.round(line.seconds)} s` : '');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
