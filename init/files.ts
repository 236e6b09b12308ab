/** Writes the files of a new stack: the configuration, and the line in `.gitignore` that keeps local state out of git. */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../lib/aws/errors.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';

const STATE_FOLDER = '.slipway/';
/** Matches a line of a `.gitignore` that already covers the folder. */
const COVERED = /^\s*\/?(?:\*\*\/)?\.slipway(?:\/\*{0,2})?\s*$/m;

/**
 * Writes a configuration file, unless it exists.
 * @returns whether it was written
 * @throws CONFIG_UNWRITABLE
 */
export async function writeConfig(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unwritableConfig(file, error);
  }
}

/**
 * Adds the folder of local state to the `.gitignore` beside a configuration.
 * @returns whether a line was added
 * @throws CONFIG_UNWRITABLE
 */
export async function ignoreState(configFile: string): Promise<boolean> {
  const file = join(dirname(configFile), '.gitignore');
  try {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    if (COVERED.test(text)) return false;
    const eol = text.includes('\r\n') ? '\r\n' : '\n';
    await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : eol}${STATE_FOLDER}${eol}`);
    return true;
  } catch (error) {
    throw unwritableConfig(file, error);
  }
}

const unwritableConfig = (file: string, cause: unknown) =>
  problem('CONFIG_UNWRITABLE', {
    what: `${file} cannot be written.`,
    why: messageOf(cause),
    now: NOTHING_CHANGED,
    fix: ['Make its folder writable, then run the command again.'],
    cause,
  });
