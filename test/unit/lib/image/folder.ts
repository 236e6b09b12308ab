/** For tests of images: temporary folders with files, and container engines that only record their calls. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';

const folders: string[] = [];
const { PATH } = process.env;
afterEach(async () => {
  process.env['PATH'] = PATH;
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A temporary folder with these files. */
export async function folderOf(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'slipway-image-')));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** One call of an engine. */
export interface EngineCall {
  readonly args: string[];
  readonly input: string;
}

/** The programs that the scripts of engines call. The folder that contains them may contain an engine as well. */
const TOOLS = ['cat', 'cp', 'mv', 'seq', 'sh', 'sleep', 'tar', 'true'];

const programIn = (folders: readonly string[], name: string): string =>
  folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? name;

/**
 * Sets a PATH that has only these engines and a few tools. The value for each engine is a shell script, which
 * runs after the arguments and the input of the call are recorded.
 * @returns a function that returns the calls of all engines so far, in order
 */
export async function enginesOnPath(
  engines: Readonly<Record<string, string>>,
): Promise<() => Promise<EngineCall[]>> {
  const bin = await folderOf();
  const callsFile = join(bin, 'calls.jsonl');
  for (const [name, script] of Object.entries(engines)) {
    const recordCall = `require('node:fs').appendFileSync(process.argv[1], JSON.stringify({ args: process.argv.slice(2), input: require('node:fs').readFileSync(0, 'utf8') }) + '\\n')`;
    const text = `#!/bin/sh\n"${process.execPath}" -e "${recordCall}" "${callsFile}" "$@"\n${script}\n`;
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
  for (const tool of TOOLS) await symlink(programIn(['/usr/bin', '/bin'], tool), join(bin, tool));
  process.env['PATH'] = bin;
  return async () =>
    (await readFile(callsFile, 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as EngineCall);
}
