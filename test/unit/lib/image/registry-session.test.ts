// Reading from a registry that does not behave: a manifest or a token has a limit in bytes and in time.
import { expect, test } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { openRepository, type ReadingOptions } from '../../../../lib/image/registry-session.ts';
import { baseFixture, startRegistry } from './base-registry.ts';

const { signal } = new AbortController();

/** Starts a registry that answers each request for a path in its own way. */
async function readerOf(
  path: string,
  answer: (response: ServerResponse) => unknown,
  textTimeoutMs = 50,
  minProgress?: ReadingOptions['minProgress'],
) {
  const { host } = await startRegistry(baseFixture(), {
    needsToken: true,
    intercept: (request, response) => {
      if (!request.url?.startsWith(path)) return false;
      answer(response);
      return true;
    },
  });
  return openRepository(
    { host, repository: 'node' },
    { signal, timeoutMs: 10_000, textTimeoutMs, ...(minProgress && { minProgress }) },
  );
}

/** Sends a byte now and then, without an end. */
function trickle(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 5);
  response.on('close', () => clearInterval(timer));
}

test('a manifest that never ends is given up, although it is never idle', async () => {
  const read = await readerOf('/v2/', trickle);
  const manifest = await read('manifests/latest', '*/*');
  await expect(manifest.text()).rejects.toThrow('its answer took longer than 0.05 s');
});

test('a token that never ends is given up, although it is never idle', async () => {
  const read = await readerOf('/token', trickle);
  await expect(read('manifests/latest', '*/*')).rejects.toThrow('its answer took longer than 0.05 s');
});

test('a blob of which a byte arrives now and then is given up, although it is never idle', async () => {
  const read = await readerOf('/v2/', trickle, 60_000, { bytes: 1000, ms: 100 });
  const blob = await read('blobs/sha256:0', '*/*');
  const received = (async () => {
    for await (const chunk of blob.body) expect(chunk.length).toBeGreaterThan(0);
  })();
  await expect(received).rejects.toThrow(/^127\.0\.0\.1:\d+ stalls: it sent only \d+ bytes in 0 s$/);
});

test('a reader that is slower than the registry is no stall', async () => {
  const read = await readerOf('/v2/', (response) => response.end(Buffer.alloc(500_000)), 60_000, {
    bytes: 400_000,
    ms: 200,
  });
  const blob = await read('blobs/sha256:0', '*/*');
  let size = 0;
  for await (const chunk of blob.body) {
    size += chunk.length;
    const end = performance.now() + 210;
    while (performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(size).toBe(500_000);
});

test('a manifest larger than 4 MiB is given up', async () => {
  const read = await readerOf('/v2/', (response) => response.end(Buffer.alloc(4 * 1_048_576 + 1)), 60_000);
  const manifest = await read('manifests/latest', '*/*');
  await expect(manifest.text()).rejects.toThrow('its answer is too large');
});
