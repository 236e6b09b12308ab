/** Imports respect the boundaries between folders and form no cycles. */
import { describe, expect, test } from '@jest/globals';
import { CODE, SERVICES, text } from './files.ts';
import { cyclesIn, importsOf, isMissing, type Import } from './source.ts';
import { BOUNDARIES, LIB_BOUNDARIES, SDK_INTERNALS, SDK_INTERNALS_USERS, violations } from './boundaries.ts';

const imports = CODE.flatMap(importsOf);
const textOf = ({ from, to }: Import) => `${from} → ${to}`;

describe('imports', () => {
  test.each(BOUNDARIES)('$folder imports only what its boundary allows: $reason', (boundary) => {
    expect(imports.some(({ from }) => from.startsWith(boundary.folder))).toBe(true);
    expect(violations(boundary, imports).map(textOf)).toEqual([]);
  });

  test('every folder of lib has a boundary', () => {
    const folders = CODE.flatMap((file) => /^lib\/[^/]+\//.exec(file)?.[0] ?? []);
    expect(LIB_BOUNDARIES.map(({ folder }) => folder).sort()).toEqual([...new Set(folders)].sort());
  });

  test('an import across a boundary is a violation, even if it imports only a type', () => {
    const importOf = (to: string): Import => ({
      from: 'teardown/steps/vpc.ts',
      to,
      isInternal: true,
      isTypeOnly: true,
    });
    const allowed = ['teardown/plan.ts', 'lib/engine/delete.ts', 'sandbox/client.ts'].map(importOf);
    const forbidden = ['provision/steps/vpc.ts', 'sandbox/world/world.ts', 'libraries/gone.ts'].map(importOf);
    const [boundary] = BOUNDARIES.filter(({ folder }) => folder === 'teardown/');
    expect(boundary && violations(boundary, [...allowed, ...forbidden])).toEqual(forbidden);
  });

  test('each internal part of the SDK is used by only one file', () => {
    const internalImports = imports.filter(({ to, isInternal }) => !isInternal && SDK_INTERNALS.test(to));
    expect(Object.fromEntries(internalImports.map(({ from, to }) => [to, from]))).toEqual(
      SDK_INTERNALS_USERS,
    );
    expect(internalImports.filter(({ from, to }) => SDK_INTERNALS_USERS[to] !== from).map(textOf)).toEqual(
      [],
    );
  });

  test.each(SERVICES)('%s imports only packages listed in its own package.json', (service) => {
    const { dependencies } = JSON.parse(text(`${service}/package.json`)) as { dependencies: object };
    const packageImports = imports.filter(
      ({ from, to, isInternal }) =>
        from.startsWith(`${service}/src/`) && !isInternal && !to.startsWith('node:'),
    );
    expect(packageImports.filter(({ to }) => !(to in dependencies)).map(textOf)).toEqual([]);
  });

  test('every relative import names an existing file and includes the extension', () => {
    expect(imports.filter(isMissing).map(textOf)).toEqual([]);
  });

  // Cycles of type imports are harmless: they are erased before anything is loaded.
  test('no files import each other at run time, since the file loaded first would see undefined exports', () => {
    const graph = new Map<string, string[]>(CODE.map((file) => [file, []]));
    for (const { from, to, isInternal, isTypeOnly } of imports)
      if (isInternal && !isTypeOnly) graph.get(from)?.push(to);
    expect(cyclesIn(graph).map((cycle) => cycle.join(' → '))).toEqual([]);
  });

  test('import cycles of any length are found', () => {
    const graph = { a: ['b', 'e'], b: ['c'], c: ['d', 'e'], d: ['b'], e: [] };
    expect(cyclesIn(new Map(Object.entries(graph)))).toEqual([['b', 'c', 'd', 'b']]);
  });
});
