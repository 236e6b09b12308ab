/** Keeps the state file: read and checked at the start, written whole after every change. */
import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../aws/errors.ts';
import type { Clock } from '../model/clock.ts';
import { shortHash } from '../derive/names.ts';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import { makeFolder, sweepAsides, writeWhole } from './private-file.ts';
import { emptyState, STATE_VERSION, stateSchema, type Guard, type Intent, type StateData } from './format.ts';

/** The state of a stack during a run. Every method that changes it resolves when the file is written. */
export interface State {
  readonly file: string;
  readonly data: StateData;
  /** Writes down what is about to be created, before it is; an intent that is still open is kept as it is. */
  intend(address: string): Promise<Intent>;
  /** Gives up a life that came out bad: the next intent has another generation, and so another token. */
  renew(address: string): Promise<Intent>;
  /** Takes an intent back: nothing of it is anywhere. */
  withdraw(address: string): Promise<void>;
  /** Records the ids of a thing and closes its intent. */
  record(address: string, ids: Readonly<Record<string, string>>): Promise<void>;
  /** Forgets a thing that is gone; its next life will have another token. */
  forget(address: string): Promise<void>;
  /** Remembers which tags are about to be given, besides those that were. */
  tagging(keys: readonly string[]): Promise<void>;
  /** Remembers which configuration everything is as, and the keys of its tags. */
  applied(configuration: string, tags: readonly string[]): Promise<void>;
  /** Removes the file: the stack is gone. */
  destroy(): Promise<void>;
}

/**
 * Opens the state of a stack: reads the file if there is one, and refuses one that is not this stack's.
 * Nothing is written before something changes.
 * @param read what was read of it already, under the same lock
 * @throws STATE_CORRUPT, STATE_NEWER, STATE_FOREIGN: the file is left as it is
 */
export async function openState(file: string, guard: Guard, clock: Clock, read?: StateData): Promise<State> {
  const data = read ?? (await readState(file)) ?? emptyState(guard);
  for (const field of ['stack', 'endpoint', 'account', 'region'] as const) {
    if (data[field] !== guard[field]) throw foreign(file, field, data[field], guard[field]);
  }
  // What a run that was killed in the middle of a write has left.
  await sweepAsides(file).catch(() => undefined);
  let writing: Promise<void> = Promise.resolve();
  let waiting = false;
  /** However many changes come while one write is under way, one more write follows. */
  const save = (): Promise<void> => {
    if (waiting) return writing;
    waiting = true;
    writing = writing
      .catch(() => undefined)
      .then(() => {
        waiting = false;
        data.changed = clock.now();
        return write(file, data);
      });
    return writing;
  };
  const open = async (address: string): Promise<Intent> => {
    const generation = (data.generations[address] ?? 0) + 1;
    const at = clock.now();
    const intent = { token: tokenOf(guard, address, generation, at), generation, at };
    data.intents[address] = intent;
    await save();
    return intent;
  };
  const end = (address: string): void => {
    data.generations[address] = data.intents[address]?.generation ?? (data.generations[address] ?? 0) + 1;
    delete data.intents[address];
  };
  return {
    file,
    data,
    intend: async (address) => data.intents[address] ?? open(address),
    renew(address) {
      end(address);
      return open(address);
    },
    async withdraw(address) {
      if (!(address in data.intents)) return;
      end(address);
      await save();
    },
    async record(address, ids) {
      data.resources[address] = { ...ids };
      delete data.intents[address];
      await save();
    },
    async forget(address) {
      if (!(address in data.resources) && !(address in data.intents)) return;
      end(address);
      delete data.resources[address];
      await save();
    },
    async tagging(keys) {
      const known = data.tags ?? [];
      const more = keys.filter((key) => !known.includes(key));
      if (more.length === 0) return;
      data.tags = [...known, ...more];
      await save();
    },
    async applied(configuration, tags) {
      if (data.configuration === configuration && sameKeys(data.tags ?? [], tags)) return;
      data.configuration = configuration;
      data.tags = [...tags];
      await save();
    },
    async destroy() {
      await writing.catch(() => undefined);
      await rm(file, { force: true });
    },
  };
}

const sameKeys = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((key) => other.includes(key));

/**
 * EC2 takes tokens of up to 64 characters, ECS of up to 36. The time is in it because EC2 remembers a token for a day,
 * and a teardown takes the file and its generations with it.
 */
const tokenOf = ({ stack, account, region }: Guard, address: string, ...life: [number, number]): string =>
  `slipway-${shortHash(28, stack, account, region, address, ...life)}`;

async function write(file: string, data: StateData): Promise<void> {
  try {
    // The folder may be gone since the last write, as may the file.
    await makeFolder(dirname(file));
    await writeWhole(file, `${JSON.stringify(data, null, 2)}\n`);
  } catch (cause) {
    throw problem('STATE_UNWRITABLE', {
      what: `The state file ${file} could not be written.`,
      why: messageOf(cause),
      now: 'What AWS holds is tagged and will be found again; nothing is lost.',
      fix: ['Make room or make the folder writable, then run the same command again.'],
      cause,
    });
  }
}

/**
 * Reads a state, whosever it is; undefined when there is none.
 * @throws STATE_CORRUPT, STATE_NEWER
 */
export async function readState(file: string): Promise<StateData | undefined> {
  let text: string;
  try {
    // What is no text is not to become one.
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw code === 'EACCES' ? unreadable(file, error) : corrupt(file, messageOf(error), error);
  }
  const json = parse(file, text);
  const version = (json as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > STATE_VERSION) throw newer(file, version);
  const checked = stateSchema.safeParse(json);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw corrupt(file, `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not understood'}`);
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
      `mv ${file} ${file}.bad, then run the command again: what is ours is found by its tags`,
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
      `Make it readable for you: chmod u+rw ${file}; or sudo chown "$USER" ${file}, if sudo has written it.`,
    ],
    cause,
  });

const newer = (file: string, version: number) =>
  problem('STATE_NEWER', {
    what: `The state file ${file} was written by a newer Slipway.`,
    why: `It has version ${version}; this one reads version ${STATE_VERSION}.`,
    now: `${NOTHING_CHANGED} The file is kept as it is.`,
    fix: ['Use the newer Slipway.'],
  });

const foreign = (file: string, field: string, theirs: string, ours: string) =>
  problem('STATE_FOREIGN', {
    what: `The state file ${file} belongs to another ${field}.`,
    why: `It says ${field} ${theirs}; this run is for ${ours}.`,
    now: `${NOTHING_CHANGED} The file is kept as it is.`,
    fix: [
      `Use the credentials, region, endpoint or stage that the file is for (${field} ${theirs})`,
      'or keep the two apart with --stage or SLIPWAY_HOME',
    ],
  });
