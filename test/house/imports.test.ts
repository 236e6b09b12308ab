/** The walls between the rooms, and no two files that need each other. */
import { describe, expect, test } from '@jest/globals';
import { CODE, SERVICES, text } from './files.ts';
import { cyclesIn, importsOf, isMissing, type Import } from './source.ts';
import { SDK_INTERNALS_USERS, SDK_INTERNALS, violations, BOUNDARIES } from './boundaries.ts';

const imports = CODE.flatMap(importsOf);
const arrow = ({ from, to }: Import) => `${from} → ${to}`;

describe('imports', () => {
  test.each(BOUNDARIES)('$room stays within its walls: $reason', (wall) => {
    expect(imports.some(({ from }) => from.startsWith(wall.room))).toBe(true);
    expect(violations(wall, imports).map(arrow)).toEqual([]);
  });

  test('a wall stops what is neither of the room nor behind its doors, types too', () => {
    const leads = (to: string): Import => ({
      from: 'teardown/steps/vpc.ts',
      to,
      isInternal: true,
      typeOnly: true,
    });
    const allowed = ['teardown/plan.ts', 'lib/engine/delete.ts', 'sandbox/client.ts'].map(leads);
    const stopped = ['provision/steps/vpc.ts', 'sandbox/world/world.ts', 'libraries/gone.ts'].map(leads);
    const [wall] = BOUNDARIES.filter(({ room }) => room === 'teardown/');
    expect(wall && violations(wall, [...allowed, ...stopped])).toEqual(stopped);
  });

  test('each part of the insides of the SDK is used through one file: what an upgrade breaks, it breaks there', () => {
    const used = imports.filter(({ to, isInternal }) => !isInternal && SDK_INTERNALS.test(to));
    expect(Object.fromEntries(used.map(({ from, to }) => [to, from]))).toEqual(SDK_INTERNALS_USERS);
    expect(used.filter(({ from, to }) => SDK_INTERNALS_USERS[to] !== from).map(arrow)).toEqual([]);
  });

  test.each(SERVICES)('%s imports only packages that its own package.json names', (service) => {
    const { dependencies } = JSON.parse(text(`${service}/package.json`)) as { dependencies: object };
    const packages = imports.filter(
      ({ from, to, isInternal }) =>
        from.startsWith(`${service}/src/`) && !isInternal && !to.startsWith('node:'),
    );
    expect(packages.filter(({ to }) => !(to in dependencies)).map(arrow)).toEqual([]);
  });

  test('a relative import names a file that is there, with its ending', () => {
    expect(imports.filter(isMissing).map(arrow)).toEqual([]);
  });

  // Types may lead round: they are gone before anything is loaded.
  test('no files import each other while they run: what is loaded first would be undefined in the other', () => {
    const graph = new Map<string, string[]>(CODE.map((file) => [file, []]));
    for (const { from, to, isInternal, typeOnly } of imports)
      if (isInternal && !typeOnly) graph.get(from)?.push(to);
    expect(cyclesIn(graph).map((cycle) => cycle.join(' → '))).toEqual([]);
  });

  test('a cycle is found however long it is', () => {
    const graph = { a: ['b', 'e'], b: ['c'], c: ['d', 'e'], d: ['b'], e: [] };
    expect(cyclesIn(new Map(Object.entries(graph)))).toEqual([['b', 'c', 'd', 'b']]);
  });
});
