/** Reads and validates a state file. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../aws/errors.ts';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import { STATE_VERSION, stateSchema, type StateData } from './format.ts';

/**
 * Reads a state file, even one of another stack. Returns undefined when the file does not exist.
 * @throws STATE_CORRUPT, STATE_NEWER
 */
export async function readState(file: string): Promise<StateData | undefined> {
  let text: string;
  try {
    // Reject invalid UTF-8 rather than replacing it.
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw code === 'EACCES' ? unreadable(file, error) : corrupt(file, messageOf(error), error);
  }
  const json = parse(file, text);
  const version = (json as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > STATE_VERSION) throw writtenByNewer(file, version);
  const checked = stateSchema.safeParse(json);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw corrupt(file, `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'invalid'}`);
  }
  return checked.data;
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw corrupt(file, (error as Error).message, error);
  }
}

const corrupt = (file: string, why: string, cause?: unknown) =>
  problem('STATE_CORRUPT', {
    what: `The state file ${file} cannot be read.`,
    why,
    now: `${NOTHING_CHANGED} The file is kept as it is.`,
    fix: [
      `mv ${file} ${file}.bad, then run the command again: the resources of the stack are found by their tags`,
      'or restore the file from a backup',
    ],
    cause,
  });

const unreadable = (file: string, cause: unknown) =>
  problem('STATE_CORRUPT', {
    what: `The state file ${file} cannot be read.`,
    why: messageOf(cause),
    now: `${NOTHING_CHANGED} The file is kept as it is.`,
    fix: [
      `Make it readable: chmod u+rw ${file}; or sudo chown "$USER" ${file}, if it was written with sudo.`,
    ],
    cause,
  });

const writtenByNewer = (file: string, version: number) =>
  problem('STATE_NEWER', {
    what: `The state file ${file} was written by a newer Slipway.`,
    why: `It has version ${version}; this Slipway reads version ${STATE_VERSION}.`,
    now: `${NOTHING_CHANGED} The file is kept as it is.`,
    fix: ['Update Slipway, then run the same command again.'],
  });
