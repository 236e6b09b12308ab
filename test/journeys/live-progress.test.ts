// At a terminal, a user sees what a run is doing at every moment, and afterwards each finished step on its own line.
import { expect } from '@jest/globals';
import { Terminal } from '@xterm/headless';
import { machine } from './harness.ts';
import { testWithPython, typeAnswer } from './terminal.ts';
import { tinyStack } from './tiny-stack.ts';

/** Returns the lines that a terminal shows after it has received an output, with those that have scrolled out of it. */
async function shownBy(output: string): Promise<string[]> {
  const terminal = new Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  const { active } = terminal.buffer;
  return Array.from({ length: active.length }, (_, row) =>
    (active.getLine(row)?.translateToString(true) ?? '').trimEnd(),
  );
}

testWithPython(
  'the live region shows the running steps, and leaves one line per created resource (needs python3 on the PATH)',
  async () => {
    const user = await machine();
    await user.start('sandbox').outputs(/answers at/);
    const flags = tinyStack(user);
    const up = await typeAnswer(user, { keys: '', prompt: /of \d+ done/ }, 'provision', ...flags);
    expect(up.code).toBe(0);
    const created = Number(/is up: (\d+) created/.exec(up.stdout)?.[1]);
    const during = await shownBy(/^.*?of \d+ done/s.exec(up.stdout)?.[0] ?? '');
    expect(during.filter((line) => line !== '').at(-1)).toBe(`  0 of ${created} done`);
    const after = await shownBy(up.stdout);
    expect(after.filter((line) => /^ {2}\S+ +created /.test(line))).toHaveLength(created);
    expect(after.join('\n')).not.toMatch(/\d+ of \d+ done|creating/);

    const down = await typeAnswer(user, { keys: '', prompt: /is gone/ }, 'teardown', ...flags, '--plain');
    expect(down.code).toBe(0);
    expect(down.stdout).not.toContain('\u001b[');
    expect(down.stdout).toMatch(/services\.web +removed/);
  },
  90_000,
);
