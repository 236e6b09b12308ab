// Connecting to the target of a run: the settings, and the notes and warnings about the sandbox.
import { expect, test } from '@jest/globals';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectTarget, sandboxPort, type SandboxHandle } from '../../../../lib/run/target.ts';

/** Returns the notes of a run. The sandbox keeps its state in `actual`, and the run expects the state in `expected`. */
async function notes(actual: string, expected: string): Promise<string[]> {
  const sandbox = { url: 'http://127.0.0.1:4599', folder: actual } as unknown as SandboxHandle;
  const reported: string[] = [];
  const target = await connectTarget(
    { target: 'sandbox', region: 'eu-west-1' },
    expected,
    async () => sandbox,
    undefined,
    (event) => 'text' in event && reported.push(`${event.type}: ${event.text}`),
  );
  expect(target.sandbox).toBe(sandbox);
  return reported;
}

test('a sandbox with its state in another folder is used, with a note', async () => {
  expect(await notes('/one/.slipway/sandbox', '/two/.slipway/sandbox')).toEqual([
    `note: the sandbox on port ${sandboxPort()} keeps its state in /one/.slipway/sandbox, not in /two/.slipway/sandbox`,
  ]);
});

test('a sandbox with its state in the expected folder is used without a note', async () => {
  expect(await notes('/one/.slipway/sandbox', '/one/.slipway/sandbox')).toEqual([]);
});

test('two paths to the same folder are recognised as equal', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  try {
    await symlink(folder, join(folder, 'link'));
    expect(await notes(folder, join(folder, 'link'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([undefined, 60])(
  'the settings contain the address and the rate limits of the sandbox: %p',
  async (rateLimitFactor) => {
    const sandbox = {
      url: 'http://127.0.0.1:4599',
      folder: '/one',
      rateLimitFactor,
    } as unknown as SandboxHandle;
    const { settings } = await connectTarget(
      { target: 'sandbox', region: 'eu-west-1' },
      '/one',
      async () => sandbox,
    );
    expect(settings).toMatchObject({ endpoint: sandbox.url, rateLimitFactor });
  },
);

test.each([
  [true, ['warning: it runs as root', 'note: on this machine, users are not enforced']],
  [false, []],
])(
  "only the run that started the sandbox shows the sandbox's warnings and limitations (started by this run: %p)",
  async (started, shown) => {
    const warnings = ['it runs as root'];
    const limitations = ['users are not enforced'];
    const sandbox = {
      url: 'http://127.0.0.1:4599',
      folder: '/one',
      started,
      warnings,
      limitations,
    } as unknown as SandboxHandle;
    const reported: string[] = [];
    await connectTarget(
      { target: 'sandbox', region: 'eu-west-1' },
      '/one',
      async () => sandbox,
      undefined,
      (event) => 'text' in event && reported.push(`${event.type}: ${event.text}`),
    );
    expect(reported).toEqual(shown);
  },
);
