/** The walls between the rooms, and no two files that need each other. */
import { describe, expect, test } from '@jest/globals';
import { CODE, SERVICES, text } from './files.ts';
import { cyclesIn, importsOf, isMissing, type Import } from './source.ts';
import { DOORS, INSIDES, through, WALLS } from './boundaries.ts';

const imports = CODE.flatMap(importsOf);
const arrow = ({ from, to }: Import) => `${from} → ${to}`;

describe('imports', () => {
  test.each(WALLS)('$room stays within its walls: $because', (wall) => {
    expect(imports.some(({ from }) => from.startsWith(wall.room))).toBe(true);
    expect(through(wall, imports).map(arrow)).toEqual([]);
  });

  test('a wall stops what is neither of the room nor behind its doors, types too', () => {
    const leads = (to: string): Import => ({ from: 'teardown/steps/vpc.ts', to, ours: true, typeOnly: true });
    const allowed = ['teardown/plan.ts', 'lib/engine/delete.ts', 'sandbox/client.ts'].map(leads);
    const stopped = ['provision/steps/vpc.ts', 'sandbox/world/world.ts', 'libraries/gone.ts'].map(leads);
    const [wall] = WALLS.filter(({ room }) => room === 'teardown/');
    expect(wall && through(wall, [...allowed, ...stopped])).toEqual(stopped);
  });

  test('each part of the insides of the SDK is used through one file: what an upgrade breaks, it breaks there', () => {
    const used = imports.filter(({ to, ours }) => !ours && INSIDES.test(to));
    expect(Object.fromEntries(used.map(({ from, to }) => [to, from]))).toEqual(DOORS);
    expect(used.filter(({ from, to }) => DOORS[to] !== from).map(arrow)).toEqual([]);
  });

  test.each(SERVICES)('%s imports only packages that its own package.json names', (service) => {
    const { dependencies } = JSON.parse(text(`${service}/package.json`)) as { dependencies: object };
    const packages = imports.filter(
      ({ from, to, ours }) => from.startsWith(`${service}/src/`) && !ours && !to.startsWith('node:'),
    );
    expect(packages.filter(({ to }) => !(to in dependencies)).map(arrow)).toEqual([]);
  });

  test('a relative import names a file that is there, with its ending', () => {
    expect(imports.filter(isMissing).map(arrow)).toEqual([]);
  });

  // Types may lead round: they are gone before anything is loaded.
  test('no files import each other while they run: what is loaded first would be undefined in the other', () => {
    const graph = new Map<string, string[]>(CODE.map((file) => [file, []]));
    for (const { from, to, ours, typeOnly } of imports) if (ours && !typeOnly) graph.get(from)?.push(to);
    expect(cyclesIn(graph).map((cycle) => cycle.join(' → '))).toEqual([]);
  });

  test('a cycle is found however long it is', () => {
    const graph = { a: ['b', 'e'], b: ['c'], c: ['d', 'e'], d: ['b'], e: [] };
    expect(cyclesIn(new Map(Object.entries(graph)))).toEqual([['b', 'c', 'd', 'b']]);
  });
});
