// Running a graph: the order of the nodes, and the nodes that are skipped after a failure.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { needs as architecture, type Noun } from '../../../../lib/model/architecture.ts';
import { checkGraph, reversed, walk } from '../../../../lib/engine/graph.ts';

const diamond = { top: ['left', 'right'], left: ['bottom'], right: ['bottom'], bottom: [] } as const;
type Diamond = keyof typeof diamond;

/** Any graph without cycles: each node needs only earlier ones. */
const graphs = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 12 })
  .map((rows) =>
    Object.fromEntries(
      rows.map((row, index) => [
        `n${index}`,
        [...new Set(row.map((pick) => pick % (index || 1)))]
          .filter(() => index > 0)
          .map((pick) => `n${pick}`),
      ]),
    ),
  );

describe('running a graph', () => {
  test('runs every node once, after all the nodes that it needs', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async (graph) => {
        const ended: string[] = [];
        const outcomes = await walk(graph, async (node) => {
          await Promise.resolve();
          for (const need of graph[node] ?? []) expect(ended).toContain(need);
          ended.push(node);
        });
        expect(ended.sort()).toEqual(Object.keys(graph).sort());
        expect([...outcomes.values()]).toEqual(ended.map(() => ({ state: 'done' })));
      }),
    );
  });

  test('starts a node as soon as the nodes that it needs are done, whatever else is still running', async () => {
    const order: string[] = [];
    let finishSlow = () => {};
    const slow = new Promise<void>((resolve) => (finishSlow = resolve));
    await walk<'slow' | 'quick' | 'after'>({ slow: [], quick: [], after: ['quick'] }, async (node) => {
      if (node === 'slow') await slow;
      order.push(node);
      if (node === 'after') finishSlow();
    });
    expect(order).toEqual(['quick', 'after', 'slow']);
  });

  test('skips the nodes that depend on a failed node, and no others', async () => {
    const error = new Error('left broke');
    const ran: string[] = [];
    const outcomes = await walk<Diamond>(diamond, async (node) => {
      ran.push(node);
      if (node === 'left') throw error;
    });
    expect(ran.sort()).toEqual(['bottom', 'left', 'right']);
    expect(Object.fromEntries(outcomes)).toEqual({
      bottom: { state: 'done' },
      left: { state: 'failed', error },
      right: { state: 'done' },
      top: { state: 'not reached' },
    });
  });

  test('starts no more nodes once it is aborted, and lets running ones finish', async () => {
    const abort = new AbortController();
    const ran: string[] = [];
    const outcomes = await walk<Diamond>(
      diamond,
      async (node) => {
        abort.abort();
        await Promise.resolve();
        ran.push(node);
      },
      abort.signal,
    );
    expect(ran).toEqual(['bottom']);
    expect(
      [...outcomes]
        .filter(([, { state }]) => state === 'not reached')
        .map(([name]) => name)
        .sort(),
    ).toEqual(['left', 'right', 'top']);
  });
});

test('reversing a graph reverses every need', () => {
  expect(reversed<Diamond>(diamond)).toEqual({
    top: [],
    left: ['top'],
    right: ['top'],
    bottom: ['left', 'right'],
  });
});

describe('checking a graph', () => {
  test('accepts the architecture, forwards and backwards', () => {
    expect(() => checkGraph(architecture)).not.toThrow();
    expect(() => checkGraph(reversed<Noun>(architecture))).not.toThrow();
  });

  test('names the cycle', () => {
    expect(() => checkGraph({ a: ['b'], b: ['c'], c: ['a'] })).toThrow('a → b → c → a');
    expect(() => checkGraph({ a: ['a'] })).toThrow('a → a');
  });

  test('names a need that is not a node of the graph', () => {
    expect(() => checkGraph<string>({ a: ['nothing'] })).toThrow('a needs nothing');
  });
});
