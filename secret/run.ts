/** Runs `npm run secret`: stores, lists or removes secrets of a stack. */
import type { Config } from '../lib/config/config.ts';
import { survey } from '../lib/engine/survey.ts';
import type { LookContext } from '../lib/look/context.ts';
import { NOTHING_CHANGED, Problem, problem } from '../lib/model/problem.ts';
import { isConfirmed } from '../lib/run/confirm.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { commandLine } from '../lib/run/command-line.ts';
import { redactedProblem } from '../lib/run/redact.ts';
import type { StackInfo } from '../lib/run/results.ts';
import type { SecretResult } from '../lib/run/secret-results.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import {
  createSecret,
  deleteSecret,
  findSecret,
  listSecrets,
  overwriteSecret,
  parameterNameOf,
  type ExistingSecret,
  type SecretStore,
} from './parameters.ts';
import { listText, secretRecords, storedText, usersOf } from './text.ts';

/** A command for secrets, and the stack on which it works. */
interface Scene {
  readonly invocation: CommandContext;
  readonly store: SecretStore;
  readonly stackInfo: StackInfo;
  readonly name: string;
}

/**
 * Does what `npm run secret` does, and returns what to print.
 * @param value the value to store; empty for other actions
 * @throws SECRET if the name belongs to someone else, or if there is no such secret; CONFIRMATION
 */
export async function runSecret(
  invocation: CommandContext,
  dependencies: SessionDependencies,
  value: string,
): Promise<CommandResult<SecretResult>> {
  const sessionOptions = {
    command: 'secret',
    isReadOnly: true,
    survey: (context: LookContext) => survey(context, []),
    ...dependencies,
  };
  try {
    return await inSession<SecretResult>(invocation, sessionOptions, (session) =>
      execute(session, invocation, value),
    );
  } catch (error) {
    throw error instanceof Problem && value !== ''
      ? redactedProblem(error, (text) => text.replaceAll(value, '(not shown)'))
      : error;
  }
}

async function execute(
  session: Session,
  invocation: CommandContext,
  value: string,
): Promise<CommandResult<SecretResult>> {
  const store = session.lookContext();
  const stackInfo = announce(session, invocation, 'secret');
  const { action, secret: name = '' } = invocation.options;
  const scene = { invocation, store, stackInfo, name };
  if (action === 'set') return setSecret(scene, value);
  if (action === 'remove') return removeSecret(scene, session.config);
  const secrets = secretRecords(store, await listSecrets(store));
  return { exitCode: 0, text: listText(secrets, store.names.secretPath), json: { ...stackInfo, secrets } };
}

async function setSecret(
  { invocation: { options }, store, stackInfo, name }: Scene,
  value: string,
): Promise<CommandResult<SecretResult>> {
  const created = await createSecret(store, name, value, options.key);
  const version = created ?? (await overwrite(store, name, value, options));
  const stored = {
    name,
    parameter: parameterNameOf(store, name),
    version,
    modified: null,
    usedBy: usersOf(store, name),
  };
  return {
    exitCode: 0,
    text: storedText(stored, commandLine('provision', options)),
    json: { ...stackInfo, stored },
  };
}

async function overwrite(
  store: SecretStore,
  name: string,
  value: string,
  { yes, key }: CommandContext['options'],
): Promise<number> {
  const existing = await findSecret(store, name);
  // It was deleted in the meantime, or it is not in the lists yet.
  if (!existing) throw notVisible(store, name);
  if (!existing.isOurs && !yes) throw foreign(store, name, 'set');
  if (existing.parameter.Type !== 'SecureString') throw notSecure(store, name, existing);
  return overwriteSecret(store, name, value, existing, key);
}

async function removeSecret(
  { invocation, store, stackInfo, name }: Scene,
  config: Config,
): Promise<CommandResult<SecretResult>> {
  const { options, report } = invocation;
  const existing = await findSecret(store, name);
  if (!existing) throw noSuchSecret(store, name);
  if (!existing.isOurs && !options.yes) throw foreign(store, name, 'remove');
  const users = usersOf({ config, names: store.names }, name);
  if (users.length > 0)
    report({ type: 'warning', text: `${users.join(', ')} cannot start new tasks without ${name}` });
  const question = {
    command: 'secret',
    ...stackInfo,
    counts: `remove ${name}`,
    duration: 0,
    unknownNote: undefined,
  } as const;
  if (!(await isConfirmed(invocation, question))) {
    report({ type: 'phase', text: 'nothing was changed' });
    return { exitCode: 0, text: '', json: { ...stackInfo, declined: true } };
  }
  await deleteSecret(store, name);
  return {
    exitCode: 0,
    text: `${parameterNameOf(store, name)} is removed.`,
    json: { ...stackInfo, removed: name },
  };
}

const foreign = (store: SecretStore, name: string, action: string): Problem =>
  problem('SECRET', {
    what: `${parameterNameOf(store, name)} belongs to someone else.`,
    why: `The parameter lacks the tag slipway:stack with the value ${store.names.stack}.`,
    now: NOTHING_CHANGED,
    fix: ['Choose another name,', `or npm run secret -- ${action} ${name} --yes, if it is yours.`],
  });

const notSecure = (store: SecretStore, name: string, { parameter }: ExistingSecret): Problem =>
  problem('SECRET', {
    what: `${parameterNameOf(store, name)} is not encrypted.`,
    why: `Its type is ${parameter.Type ?? 'unknown'}, and AWS does not change the type of a parameter.`,
    now: NOTHING_CHANGED,
    fix: [`npm run secret -- remove ${name}`, `then npm run secret -- set ${name}`],
  });

const notVisible = (store: SecretStore, name: string): Problem =>
  problem('SECRET', {
    what: `${parameterNameOf(store, name)} exists, but is not listed.`,
    why: 'Parameter Store takes some seconds until it lists a new parameter.',
    now: NOTHING_CHANGED,
    fix: [`npm run secret -- set ${name}`],
  });

const noSuchSecret = (store: SecretStore, name: string): Problem =>
  problem('SECRET', {
    what: `There is no secret ${name}.`,
    why: `Parameter Store has no parameter ${parameterNameOf(store, name)} in ${store.config.region}.`,
    now: NOTHING_CHANGED,
    fix: ['npm run secret -- list'],
  });
