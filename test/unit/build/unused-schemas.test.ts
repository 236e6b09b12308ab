// Only the used part of an AWS client is compiled into Slipway.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Bundles one EC2 call with or without the plugin, in a separate process, since esbuild accepts no objects from jest's realm. */
const PROGRAM = `
import { build } from 'esbuild';
import { unusedSchemas } from './build/unused-schemas.js';
const contents = "import { DescribeVpcsCommand } from '@aws-sdk/client-ec2'; globalThis.asked = DescribeVpcsCommand;";
const options = { bundle: true, write: false, platform: 'node', format: 'esm', mainFields: ['module', 'main'] };
const { outputFiles: [file] } = await build({
  ...options,
  stdin: { contents, resolveDir: 'build' },
  plugins: process.argv[1] === 'with' ? [unusedSchemas] : [],
});
process.stdout.write(file.text);
`;
async function bundle(plugin: 'with' | 'without'): Promise<string> {
  const args = ['--input-type=module', '-e', PROGRAM, plugin];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 24 });
  return stdout;
}

test('the schemas of other calls are left out, and those of the bundled call stay unchanged', async () => {
  const [all, used] = await Promise.all([bundle('without'), bundle('with')]);
  expect(all).toContain('RunInstancesRequest$ =');
  expect(used).not.toContain('RunInstancesRequest$ =');
  expect(all).toContain('[_xN]: _VI');
  expect(used).toContain('"xmlName": _VI');
  expect(used.length).toBeLessThan(all.length / 2);
});
