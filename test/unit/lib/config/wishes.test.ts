// The tables of words from other tools: each word gets its answer in every object where it is not a field.
import { describe, expect, test } from '@jest/globals';
import { nodeAt, objectNode } from '../../../../lib/config/schema-nodes.ts';
import { NOT_YET, NOT_YET_VALUES } from '../../../../lib/config/not-yet.ts';
import { ELSEWHERE, LEVELS, SYNONYMS } from '../../../../lib/config/wishes.ts';
import { mistakesOf, validStackWith } from './support.ts';

/** The levels of a configuration, each with the path of one of its objects in the valid stack, as a prefix. */
const PREFIXES = {
  stack: '',
  domain: 'domain.',
  network: 'network.',
  service: 'services.shop.',
  container: 'services.shop.containers.api.',
  health: 'services.shop.containers.api.health.',
  deploy: 'services.shop.deploy.',
} as const;
const allLevels = Object.values(LEVELS);
const LEVEL_OF: ReadonlyMap<string, string> = new Map(Object.entries(LEVELS));

const normalized = (word: string): string => word.replace(/[-_]/g, '').toLowerCase();
const fieldsOf = (level: (typeof allLevels)[number]): string[] =>
  Object.keys(objectNode(nodeAt(PREFIXES[level].split('.').slice(0, -1)))?.properties ?? {});

/** The rows of the three tables, each with its words. */
const rows = [
  ...Object.entries(SYNONYMS).map(([field, [words]]) => ({ row: field, words })),
  ...Object.keys(ELSEWHERE).map((words) => ({ row: words, words })),
  ...Object.keys(NOT_YET).map((words) => ({ row: words, words })),
];
const allWords = rows.flatMap(({ words }) => words.split(' '));
/**
 * Each word with the levels at which it is an unknown key. An entry `level:word` lists a word for this level only. An entry
 * without a colon lists a word for all levels, except those for which another row lists it. Levels that have a field of this
 * name are left out.
 */
const cases = rows.flatMap(({ row, words }) =>
  words.split(' ').map((entry) => {
    const [word = '', level] = entry.split(':').reverse();
    const listedAt = allLevels.filter((name) =>
      level === undefined
        ? !allWords.map(normalized).includes(`${name}:${normalized(word)}`)
        : name === level,
    );
    return {
      word,
      row,
      levels: listedAt.filter((name) => !fieldsOf(name).map(normalized).includes(normalized(word))),
    };
  }),
);

/** An image in place of the source of the container: deciding how a source starts would take most of the time of a test. */
const WITHOUT_SOURCE = {
  'services.shop.containers.api.source': undefined,
  'services.shop.containers.api.image': 'store/api:1',
};

/** Returns the fix for a key in an object of the valid stack. The key must be the only mistake. */
function fixOf(level: (typeof allLevels)[number], key: string): string | undefined {
  const mistakes = mistakesOf(validStackWith({ ...WITHOUT_SOURCE, [`${PREFIXES[level]}${key}`]: 'x' }));
  expect(mistakes).toEqual([
    { path: `${PREFIXES[level]}${key}`, value: 'unknown key', fix: expect.any(String) as unknown as string },
  ]);
  return mistakes[0]?.fix;
}

test('no word has two answers, and every word has at least one object where it is an unknown key', () => {
  const words = allWords.map(normalized);
  expect(words.filter((word, index) => words.indexOf(word) < index)).toEqual([]);
  expect(cases.filter(({ levels }) => levels.length === 0)).toEqual([]);
});

describe('a word for one of our fields is answered with that field:', () => {
  const fieldCases = cases.filter(({ row }) => row in SYNONYMS);
  test.each(fieldCases.map((line) => [line.word, line.row, line.levels] as const))(
    '%s → %s',
    (word, row, levels) => {
      const field = row.split('.');
      const description = nodeAt(field)?.description;
      expect(description).toBeDefined();
      for (const level of levels) {
        const path = row.replace('*', level in { stack: 1, domain: 1, network: 1 } ? '<name>' : 'shop');
        const place = path.replace('*', ['container', 'health'].includes(level) ? 'api' : '<name>');
        const isSibling = LEVEL_OF.get(field.slice(0, -1).join('.')) === level;
        const [, difference] = SYNONYMS[row] ?? [];
        expect(fixOf(level, word)).toBe(
          `Use ${isSibling ? field.at(-1) : place}: ${description}.${difference === undefined ? '' : ` ${difference}`}`,
        );
      }
    },
  );
});

describe('a word for something that is not a field is answered with what to do instead:', () => {
  const otherCases = cases.filter(({ row }) => !(row in SYNONYMS));
  test.each(otherCases.map((line) => [line.word, line.row, line.levels] as const))(
    '%s',
    (word, row, levels) => {
      const answer = ELSEWHERE[row] ?? `Not supported yet. ${NOT_YET[row]}`;
      for (const level of levels) expect(fixOf(level, word)).toBe(answer);
    },
  );
});

test.each(
  NOT_YET_VALUES.flatMap(({ template, values, answer }) =>
    values.split(' ').map((value) => [value, template, answer]),
  ),
)('the value %s of %s is answered with what to use instead', (value = '', template = '', answer) => {
  const path = template.replace('*', 'shop').replace('*', 'api');
  for (const written of [value, value.toLowerCase()])
    expect(mistakesOf(validStackWith({ [path]: written }))).toEqual([
      { path, value: `'${written}'`, fix: `Not supported yet. ${answer}` },
    ]);
});

test.each(['desired_count', 'DesiredCount', 'desired-count', 'DESIRED_COUNT'])(
  'the spelling of a word does not matter: %s',
  (word) => {
    expect(fixOf('service', word)).toMatch(/^Use count: /);
  },
);

test('a word in place of a required field is reported as one mistake, not two', () => {
  const stack = validStackWith({
    'domain.zone': undefined,
    'domain.hostedZoneName': undefined,
    'domain.zoneName': 'x.com',
  });
  expect(mistakesOf(stack).map(({ path }) => path)).toEqual(['domain.zoneName']);
});

test.each([
  ['image', 'services.shop.image', 'Move it to services.shop.containers.<name>.image: '],
  ['count in a container', 'services.shop.containers.api.count', 'Move it to services.shop.count: '],
  ['cidr', 'cidr', 'Move it to network.cidr: '],
  ['createZone', 'createZone', 'Move it to domain.createZone: '],
  [
    'port of a health check',
    'services.shop.containers.api.health.port',
    'Move it to services.shop.containers.api.port: ',
  ],
  ['path of a service', 'services.shop.path', 'Move it to services.shop.containers.<name>.path: '],
  ['containers of a stack', 'containers', 'Move it to services.<name>.containers: '],
])('a field in the wrong object is answered with its place: %s', (_what, path, begin) => {
  const [mistake, ...others] = mistakesOf(validStackWith({ [path]: 'x' }));
  expect(others).toEqual([]);
  expect(mistake?.fix.slice(0, begin.length)).toBe(begin);
});
