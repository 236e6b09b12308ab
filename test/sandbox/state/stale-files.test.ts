// A sandbox that was killed in the middle of a write leaves files that nobody reads: the next one removes them.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startSandboxWithTasks } from '../../../sandbox/sandbox-with-tasks.ts';

test('what a dead one left aside is gone, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-aside-'));
  const names = () => [...readdirSync(folder), ...readdirSync(join(folder, 'blobs'))];
  mkdirSync(join(folder, 'blobs'));
  const left = ['world.1234567', 'claim.4194305', 'claim.4194305.dead', 'blobs/sha256_ab.4194305.new'];
  const kept = ['sandbox.log', 'world.bak', `claim.${process.ppid}`, 'blobs/sha256_ab'];
  for (const name of [...left, ...kept]) writeFileSync(join(folder, name), '');
  const sandbox = await startSandboxWithTasks({ folder, httpPort: 0 });
  const there = names();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
  expect(there).toEqual(expect.arrayContaining(kept.map((name) => name.replace('blobs/', ''))));
  expect(there.filter((name) => left.some((other) => other.endsWith(name)))).toEqual([]);
}, 60_000);
