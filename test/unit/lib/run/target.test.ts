// The target of a run: the notes about a sandbox that is already running.
import { expect, test } from '@jest/globals';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectTarget, sandboxPort, type SandboxHandle } from '../../../../lib/run/target.ts';

/** The notes of a run that expects the state of its sandbox in `folder`, and finds it in `actual`. */
async function notes(actual: string, folder: string): Promise<string[]> {
  const sandbox = { url: 'http://127.0.0.1:4599', folder: actual } as unknown as SandboxHandle;
  const said: string[] = [];
  const place = await connectTarget(
    { target: 'sandbox', region: 'eu-west-1' },
    folder,
    async () => sandbox,
    undefined,
    (event) => 'text' in event && said.push(`${event.type}: ${event.text}`),
  );
  expect(place.sandbox).toBe(sandbox);
  return said;
}

test('a sandbox with its state in another folder is used, with a note', async () => {
  expect(await notes('/one/.slipway/sandbox', '/two/.slipway/sandbox')).toEqual([
    `note: the sandbox on port ${sandboxPort()} keeps its state in /one/.slipway/sandbox, not in /two/.slipway/sandbox`,
  ]);
});

test('a sandbox with its state in the expected folder is used without a note', async () => {
  expect(await notes('/one/.slipway/sandbox', '/one/.slipway/sandbox')).toEqual([]);
});

test('two paths of the same folder are recognised as equal', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  try {
    await symlink(folder, join(folder, 'link'));
    expect(await notes(folder, join(folder, 'link'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([undefined, 60])(
  "a sandbox with rate limits (%p times as fast as AWS's) is called within its limits",
  async (limits) => {
    const door = { url: 'http://127.0.0.1:4599', folder: '/one', limits } as unknown as SandboxHandle;
    const place = await connectTarget({ target: 'sandbox', region: 'eu-west-1' }, '/one', async () => door);
    expect(place.settings).toMatchObject({ endpoint: door.url, limits });
  },
);
