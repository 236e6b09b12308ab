/** The walls between the rooms, and no two files that need each other. */
import { describe, expect, test } from '@jest/globals';
import { CODE, text } from './files.ts';
import { cyclesIn, importsOf, isMissing } from './source.ts';
import { DOORS, WALLS } from './walls.ts';

const imports = CODE.flatMap(importsOf);
const arrow = ({ from, to }: { from: string; to: string }) => `${from} → ${to}`;

describe('imports', () => {
  test.each(WALLS)('$room stays within its walls: $because', ({ room, may }) => {
    const own = imports.filter(({ from, ours }) => ours && from.startsWith(room));
    const outside = own.filter(({ to }) => ![room, ...may].some((open) => to.startsWith(open)));
    expect(own.length).toBeGreaterThan(0);
    expect(outside.map(arrow)).toEqual([]);
  });

  test.each(DOORS)('only $only imports $packages: $because', ({ packages, only }) => {
    const through = imports.filter(({ to, ours }) => !ours && packages.test(to));
    expect([...new Set(through.map(({ from }) => from))]).toEqual([only]);
  });

  test.each(['api1', 'api2'])('%s imports only packages that its own package.json names', (service) => {
    const folder = `services/${service}`;
    const { dependencies } = JSON.parse(text(`${folder}/package.json`)) as { dependencies: object };
    const packages = imports.filter(
      ({ from, to, ours }) => from.startsWith(`${folder}/src/`) && !ours && !to.startsWith('node:'),
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
