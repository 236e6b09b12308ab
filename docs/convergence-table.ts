/** Generates the table of converge.md from the snapshots of the convergence tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nouns } from '../lib/model/architecture.ts';
import { manualImageChanges, manualChanges } from '../test/converge/manual-changes.ts';
import { manualHttpsChanges } from '../test/converge/manual-https-changes.ts';
import { foreignResources, retaggableResources } from '../test/converge/foreign-resources.ts';
import { table } from './table.ts';

const SNAPSHOTS = join(import.meta.dirname, '../test/converge/__snapshots__');

/**
 * Reads the snapshots in a file, each of which is a list.
 * @returns the list that each test recorded; the key is the test's title, without the part before a colon
 */
function snapshotsOf(file: string): Map<string, string[]> {
  const text = readFileSync(join(SNAPSHOTS, `${file}.test.ts.snap`), 'utf8');
  const matches = [...text.matchAll(/^exports\[`(?:.+: )?(.+) 1`\] = `\n(\[[^]*?\])\n`;$/gm)];
  return new Map(
    matches.map(([, name = '', list = '']) => [name, JSON.parse(list.replace(/,\n\]/, '\n]')) as string[]]),
  );
}

/** Splits a line such as `update services.web: count` into its parts. */
function partsOf(line: string) {
  const [, verb = '', noun = '', fields = ''] = /^(\w+) (\w+)[^:]*(?:: (.*))?$/.exec(line) ?? [];
  return { verb, noun, fields: fields === '' ? [] : fields.split(', ') };
}

/** Removes names from a field, such as those of the example's containers. All tags become one field, `tags`. */
const withoutNames = (field: string): string =>
  field
    .replace(/^tag\..*/, 'tags')
    .replace(/^(api\d|orders)\./, '')
    .replace(/^environment\..*/, 'environment')
    .replace(/^attribute\./, '');

const sortedList = (words: Iterable<string>): string => [...new Set(words)].sort().join('; ');
const nounOf = (address: string): string => address.split('.')[0] ?? '';

/** Returns the table, with one row for each kind of resource. */
export function convergenceTable(): string {
  const changes = snapshotsOf('changes');
  const changeLines = [...changes.values()].flat().map(partsOf);
  // The file of the lost-state tests has one snapshot: the nouns whose resources were found.
  const [foundNouns = []] = snapshotsOf('lost-state').values();
  const foreignNouns = new Set(
    [
      ...foreignResources.map(({ address }) => address),
      ...retaggableResources.map(([address]) => address),
    ].map(nounOf),
  );
  const rows = nouns.map((noun) => {
    const linesOfNoun = changeLines.filter((line) => line.noun === noun);
    const fieldsInPlace = linesOfNoun
      .filter(({ verb }) => verb === 'update')
      .flatMap(({ fields }) => fields.map(withoutNames));
    const replacedFor = [...changes].filter(([, plan]) => isReplaced(plan, noun)).map(([name]) => name);
    const repairedWhen = [...manualChanges, ...manualImageChanges, ...manualHttpsChanges]
      .filter((change) => change.noun === noun)
      .map(({ what }) => what);
    return [
      `\`${noun}\``,
      sortedList(fieldsInPlace),
      sortedList(replacedFor),
      sortedList(repairedWhen),
      foundNouns.includes(noun) ? 'yes' : '',
      foreignNouns.has(noun) ? 'yes' : '',
    ];
  });
  return table([
    [
      'kind of resource',
      'changed in place',
      'replaced for',
      'drift repaired when',
      'found without state',
      'refused when foreign',
    ],
    ...rows,
  ]);
}

/** Whether a plan replaces a resource of a noun. The plan shows it as `replace`, or as `create` and `remove`. */
const isReplaced = (plan: readonly string[], noun: string): boolean => {
  const hasChange = (verb: string) => plan.some((line) => isChangeOf(line, verb, noun));
  return hasChange('replace') || (hasChange('create') && hasChange('remove'));
};

const isChangeOf = (line: string, verb: string, noun: string): boolean => {
  const parts = partsOf(line);
  return parts.verb === verb && parts.noun === noun;
};
