// A huge layer is unpacked in small parts, within a limit, while the sandbox goes on working.
import { expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { LayerError, forEachEntry } from '../../../sandbox/runtime/layer-entries.ts';

const MEGABYTE = 1024 * 1024;

/** Returns a small compressed layer whose first file consists of zeros. */
const layerOfZeros = async (megabytes: number): Promise<Uint8Array> => {
  const size = megabytes * MEGABYTE;
  const file = { header: { name: 'zeros', size, type: 'file' }, body: new Uint8Array(size) } as const;
  return gzipSync(await packTar([file, { header: { name: 'last', size: 0, type: 'file' } }]));
};

test('a layer of zeros arrives in parts, between which other work is done', async () => {
  const layer = await layerOfZeros(64);
  expect(layer.length).toBeLessThan(MEGABYTE);
  let [bytes, largest, turns] = [0, 0, 0];
  let isUnpacked = false;
  const turn = (): void => {
    turns += 1;
    if (!isUnpacked) setImmediate(turn);
  };
  setImmediate(turn);
  await forEachEntry(layer, async ({ body }) => {
    for await (const part of body) {
      bytes += part.length;
      largest = Math.max(largest, part.length);
    }
  });
  isUnpacked = true;
  expect(bytes).toBe(64 * MEGABYTE);
  expect(largest).toBeLessThanOrEqual(MEGABYTE);
  expect(turns).toBeGreaterThan(64);
});

test('a layer whose unpacked size exceeds the limit is refused before all of it is unpacked', async () => {
  const layer = await layerOfZeros(64);
  let bytes = 0;
  const reading = forEachEntry(
    layer,
    async ({ body }) => {
      for await (const part of body) bytes += part.length;
    },
    4 * MEGABYTE,
  );
  await expect(reading).rejects.toThrow(new LayerError('the unpacked layer is larger than 4194304 bytes'));
  expect(bytes).toBeLessThanOrEqual(4 * MEGABYTE);
});

test('the body of an entry can be left unread', async () => {
  const names: string[] = [];
  await forEachEntry(await layerOfZeros(8), async ({ header }) => void names.push(header.name));
  expect(names).toEqual(['zeros', 'last']);
});
