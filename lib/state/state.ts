/** The state of a stack during a run: read from its file at the start, written atomically after every change. */
import { rm } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { messageOf } from '../aws/errors.ts';
import type { Clock } from '../model/clock.ts';
import { shortHash } from '../derive/names.ts';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import { readState } from './read.ts';
import { makeFolder, removeTemporaryFiles, writeAtomically } from './private-file.ts';
import { emptyState, type AppliedConfiguration, type Guard, type Intent, type StateData } from './format.ts';

/** The state of a stack. Every method that changes it resolves once the file is written. */
export interface State {
  readonly file: string;
  readonly data: StateData;
  /** Records the intent to create a resource, before the create is sent. An existing intent stays unchanged. */
  intend(address: string): Promise<Intent>;
  /** Abandons a failed resource: returns an intent with the next generation, and therefore another client token. */
  renew(address: string): Promise<Intent>;
  /** Withdraws an intent: nothing was created. */
  withdraw(address: string): Promise<void>;
  /** Records the ids of a resource and closes its intent. */
  record(address: string, ids: Readonly<Record<string, string>>): Promise<void>;
  /** Forgets a resource that is gone; its successor will have another client token. */
  forget(address: string): Promise<void>;
  /** Records the keys of the user's tags that are about to be set, in addition to those that were set before. */
  recordTagKeys(keys: readonly string[]): Promise<void>;
  /** Records that every resource matches a configuration. */
  recordApplied(configuration: AppliedConfiguration): Promise<void>;
  /** Records a rollback before its first change; undefined once it has ended. */
  recordRollback(rollback: StateData['rollback']): Promise<void>;
  /** Removes the file: the stack is gone. */
  destroy(): Promise<void>;
}

/** The facts about a state that a run already knows. */
interface OpenStateOptions {
  /** The content of the file, if it was already read under the same lock. */
  readonly alreadyRead?: StateData | undefined;
  /** The configuration file, absolute; it is recorded with the next change. */
  readonly configurationFile?: string | undefined;
  /** Whether the run only reads. Another run may be writing the file at the same time. */
  readonly isReadOnly?: boolean;
}

/**
 * Opens the state of a stack: reads the file if there is one, and refuses the file of another stack.
 * Nothing is written before something changes.
 * @throws STATE_CORRUPT, STATE_NEWER, STATE_FOREIGN: the file is left unchanged
 */
export async function openState(
  file: string,
  guard: Guard,
  clock: Clock,
  { alreadyRead, configurationFile, isReadOnly = false }: OpenStateOptions = {},
): Promise<State> {
  const data = alreadyRead ?? (await readState(file)) ?? emptyState(guard);
  for (const field of ['stack', 'endpoint', 'account', 'region'] as const) {
    if (data[field] !== guard[field]) throw ofAnotherStack(file, field, data[field], guard[field]);
  }
  const configurationPath =
    configurationFile === undefined ? undefined : relative(dirname(file), configurationFile);
  const hasNewPath = configurationPath !== undefined && configurationPath !== data.configurationFile;
  if (hasNewPath) data.configurationFile = configurationPath;
  // A run that was killed during a write leaves a temporary file.
  if (!isReadOnly) await removeTemporaryFiles(file).catch(() => undefined);
  let lastWrite: Promise<void> = Promise.resolve();
  let isWriteQueued = false;
  /** Changes that are made during a write share the next write. */
  const save = (): Promise<void> => {
    if (isWriteQueued) return lastWrite;
    isWriteQueued = true;
    lastWrite = lastWrite
      .catch(() => undefined)
      .then(() => {
        isWriteQueued = false;
        data.changed = clock.now();
        return write(file, data);
      });
    return lastWrite;
  };
  const addIntent = async (address: string): Promise<Intent> => {
    const generation = (data.generations[address] ?? 0) + 1;
    const at = clock.now();
    const intent = { token: tokenOf(guard, address, generation, at), generation, at };
    data.intents[address] = intent;
    await save();
    return intent;
  };
  const endGeneration = (address: string): void => {
    data.generations[address] = data.intents[address]?.generation ?? (data.generations[address] ?? 0) + 1;
    delete data.intents[address];
  };
  return {
    file,
    data,
    intend: async (address) => data.intents[address] ?? addIntent(address),
    renew(address) {
      endGeneration(address);
      return addIntent(address);
    },
    async withdraw(address) {
      if (!(address in data.intents)) return;
      endGeneration(address);
      await save();
    },
    async record(address, ids) {
      data.resources[address] = { ...ids };
      delete data.intents[address];
      await save();
    },
    async forget(address) {
      if (!(address in data.resources) && !(address in data.intents)) return;
      endGeneration(address);
      delete data.resources[address];
      await save();
    },
    async recordTagKeys(keys) {
      const known = data.tags ?? [];
      const newKeys = keys.filter((key) => !known.includes(key));
      if (newKeys.length === 0) return;
      data.tags = [...known, ...newKeys];
      await save();
    },
    async recordApplied({ configuration, tags, project }) {
      const isUnchanged =
        data.configuration === configuration && data.project === project && data.rollback === undefined;
      if (isUnchanged && !hasNewPath && sameKeys(data.tags ?? [], tags)) return;
      Object.assign(data, { configuration, tags: [...tags], project });
      delete data.rollback;
      await save();
    },
    async recordRollback(rollback) {
      if (JSON.stringify(rollback) === JSON.stringify(data.rollback)) return;
      data.rollback = rollback;
      await save();
    },
    async destroy() {
      await lastWrite.catch(() => undefined);
      await rm(file, { force: true });
    },
  };
}

const sameKeys = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((key) => other.includes(key));

/**
 * Returns a client token; EC2 accepts up to 64 characters, ECS up to 36. A teardown deletes the generations with the file, but
 * EC2 remembers a token for a day. So the token also depends on the time.
 */
const tokenOf = (
  { stack, account, region }: Guard,
  address: string,
  generation: number,
  at: number,
): string => `slipway-${shortHash(28, stack, account, region, address, generation, at)}`;

async function write(file: string, data: StateData): Promise<void> {
  try {
    // The folder, like the file, may have been deleted since the last write.
    await makeFolder(dirname(file));
    await writeAtomically(file, `${JSON.stringify(data, null, 2)}\n`);
  } catch (cause) {
    throw problem('STATE_UNWRITABLE', {
      what: `The state file ${file} could not be written.`,
      why: messageOf(cause),
      now: 'Every resource in AWS is tagged and will be found again; nothing is lost.',
      fix: ['Free disk space or make the folder writable, then run the same command again.'],
      cause,
    });
  }
}

const ofAnotherStack = (file: string, field: string, fileValue: string, runValue: string) =>
  problem('STATE_FOREIGN', {
    what: `The state file ${file} belongs to another ${field}.`,
    why: `It is for the ${field} ${fileValue}; this run is for ${runValue}.`,
    now: `${NOTHING_CHANGED} The file is kept as it is.`,
    fix: [
      `Use the credentials, region, endpoint or stage of the file (${field} ${fileValue}).`,
      'or keep the two stacks apart with --stage or SLIPWAY_HOME',
    ],
  });
