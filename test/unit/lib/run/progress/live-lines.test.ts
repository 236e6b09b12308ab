// The live region on a terminal: a terminal emulator shows the output.
import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { Terminal as Screen } from '@xterm/headless';
import { liveLines, type Terminal } from '../../../../../lib/run/progress/live-lines.ts';
import { RunProgress } from '../../../../../lib/run/progress/run-progress.ts';
import { resource, STEPS } from './stages.ts';

/** A terminal and the clock of a run. */
function scene(columns = 80, rows = 24) {
  const screen = new Screen({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const emitter = new EventEmitter();
  const terminal = Object.assign(emitter, {
    ...{ columns, rows, isTTY: true },
    write: (text: string) => (screen.write(text), true),
  });
  const clock = { now: 0 };
  const lines = liveLines(terminal as unknown as Terminal, {
    colour: true,
    progress: new RunProgress(),
    now: () => clock.now,
  });
  return {
    ...{ lines, clock, emitter },
    resize: async (width: number) => {
      await new Promise<void>((resolve) => screen.write('', resolve));
      Object.assign(terminal, { columns: width });
      screen.resize(width, rows);
      emitter.emit('resize');
    },
    /** Returns the lines that the terminal shows, with those that have scrolled out of it. */
    shown: async (): Promise<string[]> => {
      await new Promise<void>((resolve) => screen.write('', resolve));
      const { active } = screen.buffer;
      const all = Array.from({ length: active.length }, (_, row) =>
        (active.getLine(row)?.translateToString(true) ?? '').trimEnd(),
      );
      return all.slice(0, all.findLastIndex((line) => line !== '') + 1);
    },
  };
}

describe('the live region', () => {
  test('shows what is running, what waits for it, and how much time is left', async () => {
    const { lines, clock, shown } = scene(100);
    lines.report(STEPS);
    lines.report(resource('natGateway', 'started', 'creating'));
    lines.report(resource('natGateway', 'waiting', 'pending', { elapsed: 0 }));
    clock.now = 65_000;
    lines.tick();
    expect(await shown()).toEqual([
      '  natGateway                    pending  1 min 05 s, usually 1 min 40 s',
      '  privateRoutes wait for natGateway',
      '  0 of 4 done, about 1 min 15 s left: natGateway → privateRoutes → services',
    ]);
  });

  test('stays below the finished lines', async () => {
    const { lines, clock, shown } = scene();
    lines.report({ type: 'phase', text: 'plan: 4 to create' });
    lines.report(STEPS);
    lines.report(resource('loadBalancer', 'started', 'creating'));
    lines.report(resource('natGateway', 'started', 'creating'));
    clock.now = 1_500;
    lines.report(resource('loadBalancer', 'created', 'shop-dev', { elapsed: 1_500 }));
    lines.report({ type: 'note', text: 'a note' });
    const all = await shown();
    expect(all.slice(0, 3)).toEqual([
      'plan: 4 to create',
      '  loadBalancer                  created    shop-dev  1.5 s',
      '  a note',
    ]);
    expect(all[3]).toMatch(/^ {2}natGateway +creating +1\.5 s/);
    expect(all.at(-1)).toMatch(/^ {2}1 of 4 done/);
  });

  test('loses no finished line while steps come and go', async () => {
    const { lines, clock, shown } = scene(80, 10);
    lines.report(STEPS);
    const keys = Array.from({ length: 12 }, (_, index) => `api${index}`);
    for (const [index, key] of keys.entries()) {
      lines.report(resource('images', 'started', 'creating', { key }));
      clock.now += 100;
      lines.tick();
      const ended = keys[index - (index % 4)];
      if (ended !== undefined) lines.report(resource('images', 'created', `${ended}-image`, { key: ended }));
      lines.tick();
    }
    for (const key of keys) lines.report(resource('images', 'created', `${key}-image`, { key }));
    lines.close();
    const all = (await shown()).join('\n');
    for (const key of keys) expect(all).toContain(`${key}-image`);
    expect(all).not.toContain('creating');
  });

  test('is removed at the end, and leaves only the finished lines', async () => {
    const { lines, shown } = scene();
    lines.report(STEPS);
    lines.report(resource('natGateway', 'started', 'creating'));
    lines.report(resource('natGateway', 'created', 'nat-1'));
    lines.report({ type: 'activity', text: 'waiting until every path answers' });
    expect((await shown()).at(-1)).toBe('  waiting until every path answers  0.0 s');
    lines.close();
    lines.tick();
    expect(await shown()).toEqual(['  natGateway                    created    nat-1']);
  });

  test.each([60, 40, 20])('has no wrapped line at %i columns', async (columns) => {
    const { lines, clock, shown } = scene(columns);
    lines.report(STEPS);
    lines.report(resource('natGateway', 'started', 'longer than the whole line of this terminal'));
    lines.report(resource('services', 'waiting', '0/1 running', { key: 'shop', elapsed: 0 }));
    clock.now = 70_000;
    lines.tick();
    const all = await shown();
    expect(all).toHaveLength(4);
    expect(all[0]).toMatch(/^ {2}natG/);
    expect(all.every((line) => line.length < columns)).toBe(true);
  });

  test('leaves nothing behind when the terminal becomes narrower', async () => {
    const { lines, clock, shown, resize } = scene(100);
    lines.report({ type: 'phase', text: 'plan: 4 to create' });
    lines.report(STEPS);
    lines.report(resource('natGateway', 'started', 'creating'));
    clock.now = 10_000;
    lines.tick();
    await resize(40);
    const all = await shown();
    expect(all[0]).toBe('plan: 4 to create');
    expect(all).toHaveLength(4);
    expect(all.every((line) => line.length < 40)).toBe(true);
  });

  test('leaves room for the lines above it on a low terminal', async () => {
    const { lines, shown } = scene(80, 6);
    lines.report(STEPS);
    for (let number = 0; number < 9; number += 1)
      lines.report(resource('images', 'started', 'creating', { key: `api${number}` }));
    const all = await shown();
    expect(all.length).toBeLessThanOrEqual(6);
    expect(all.join('\n')).toContain('and 6 more');
  });

  test('is not drawn while the user is asked', async () => {
    const { lines, shown } = scene();
    lines.report({ type: 'activity', text: 'looking for existing resources' });
    expect(await shown()).toHaveLength(1);
    lines.report({ type: 'activity', text: '' });
    lines.tick();
    expect(await shown()).toEqual([]);
  });
});
