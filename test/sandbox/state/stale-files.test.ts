// A sandbox that was killed in the middle of a write leaves temporary files behind; the next sandbox removes them.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startSandboxWithTasks } from '../../../sandbox/sandbox-with-tasks.ts';

test('a sandbox removes the temporary files of a dead sandbox and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-stale-'));
  const names = () => [...readdirSync(folder), ...readdirSync(join(folder, 'blobs'))];
  mkdirSync(join(folder, 'blobs'));
  const uuid = '7d3f9c1e-52ab-4c8d-9e10-0123456789ab';
  const stale = [
    'world.1234567',
    'token.1234567',
    'authorization.1234567',
    'claim.4194305',
    'claim.4194305.dead',
    `claim.4194305.${uuid}.new`,
    `claim.0a1b2c3d.takeover.4194305.${uuid}.new`,
    'claim.0a1b2c3d.takeover',
    'blobs/sha256_ab.4194305.new',
  ];
  const kept = [
    'sandbox.log',
    'world.bak',
    `claim.${process.ppid}`,
    `claim.${process.ppid}.${uuid}.new`,
    'blobs/sha256_ab',
  ];
  for (const name of [...stale, ...kept]) writeFileSync(join(folder, name), '');
  const sandbox = await startSandboxWithTasks({ folder, httpPort: 0 });
  const remaining = names();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
  expect(remaining).toEqual(expect.arrayContaining(kept.map((name) => name.replace('blobs/', ''))));
  expect(remaining.filter((name) => stale.some((other) => other.endsWith(name)))).toEqual([]);
}, 60_000);
