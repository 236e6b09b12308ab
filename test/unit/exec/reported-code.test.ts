// The output of a command is separated from the reports of its wrapper, however the bytes are cut into chunks.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makeOutputReader } from '../../../exec/reported-code.ts';

const TOKEN = 'slipway-0a1b2c';

/** Reads bytes in chunks of some lengths, which are repeated. */
function readAll(bytes: Buffer, lengths: readonly number[]) {
  const reader = makeOutputReader(TOKEN);
  const output: Buffer[] = [];
  let exitCode: number | undefined;
  let isRaw: boolean | undefined;
  let index = 0;
  for (let at = 0; at < bytes.length; index += 1) {
    const length = lengths[index % lengths.length] ?? 1;
    const arrival = reader.read(bytes.subarray(at, at + length));
    at += length;
    output.push(arrival.output);
    exitCode ??= arrival.exitCode;
    isRaw ??= arrival.isRaw;
  }
  return { output: Buffer.concat(output), exitCode, isRaw, reader };
}

test('separates output and exit code for all bytes, cut anywhere', () => {
  const pieces = fc.oneof(
    fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom('slipway-', TOKEN, `${TOKEN}=`, `${TOKEN}=%d;`, `${TOKEN}:1`, 's')
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(
      fc.array(pieces).map((all) => Buffer.concat(all)),
      fc.nat(255),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      (output, code, lengths) => {
        fc.pre(!new RegExp(`${TOKEN}=\\d{1,3};`).test(output.toString('latin1')));
        const bytes = Buffer.concat([
          Buffer.from(`noise${TOKEN}:0;`),
          output,
          Buffer.from(`${TOKEN}=${code};after`),
        ]);
        const found = readAll(bytes, lengths);
        expect(found).toMatchObject({ exitCode: code, isRaw: true });
        expect(found.output.subarray(0, output.length)).toEqual(output);
      },
    ),
  );
});

test('keeps what was printed before the start, and what was held back at the end', () => {
  const { reader, output } = readAll(Buffer.from('exec: "sh": executable file not found'), [7]);
  expect(output).toHaveLength(0);
  expect(reader.hasStarted).toBe(false);
  expect(reader.rest().toString()).toBe('exec: "sh": executable file not found');
  const cut = readAll(Buffer.from(`${TOKEN}:1;half ${TOKEN}=1`), [4]);
  expect(cut).toMatchObject({ isRaw: false, exitCode: undefined });
  expect(cut.output.toString() + cut.reader.rest().toString()).toBe(`half ${TOKEN}=1`);
});
