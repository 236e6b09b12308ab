/** Reads the arguments of `secret`: what to do, and with which secret. */
import { distance } from 'fastest-levenshtein';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { SECRET_ACTIONS, type SecretAction } from './commands.ts';

/** The arguments of `secret`. */
interface SecretArguments {
  readonly action: SecretAction;
  readonly secret: string | undefined;
}

const ACTIONS = Object.keys(SECRET_ACTIONS) as SecretAction[];

/**
 * @param args the arguments that are not options
 * @throws ARGUMENTS for an unknown action, a missing or malformed name, and for more arguments
 */
export function readSecretArguments([action, name, ...excess]: readonly string[]): SecretArguments {
  if (action === undefined) throw badAction('secret needs an action.', undefined);
  const known = ACTIONS.find((one) => one === action);
  if (known === undefined) throw badAction(`'${action}' is not an action of secret.`, action);
  const takesName = SECRET_ACTIONS[known] !== '';
  const [unexpected] = takesName ? excess : [name, ...excess];
  if (unexpected !== undefined) throw unexpectedArgument(known, takesName);
  if (!takesName) return { action: known, secret: undefined };
  if (!name) throw badName(known, 'The name of the secret is missing.');
  // The value may be a secret, so it is not shown.
  if (!/^[A-Za-z_][\w.-]*$/.test(name)) throw badName(known, 'The name of the secret is malformed.');
  return { action: known, secret: name };
}

const usages = (): string[] =>
  ACTIONS.map((action) => `npm run secret -- ${action} ${SECRET_ACTIONS[action]}`.trimEnd());

function badAction(what: string, action: string | undefined): Problem {
  const meant = ACTIONS.find((one) => action !== undefined && distance(one, action) <= 2);
  return problem('ARGUMENTS', {
    what,
    why: `The actions are set, list and remove.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    now: NOTHING_CHANGED,
    fix: usages(),
  });
}

const badName = (action: SecretAction, what: string): Problem =>
  problem('ARGUMENTS', {
    what,
    why: 'A name has letters, digits and _ . -, such as DATABASE_URL.',
    now: NOTHING_CHANGED,
    fix: [`npm run secret -- ${action} NAME`],
  });

/** The argument is not shown: a user may have typed the value. */
const unexpectedArgument = (action: SecretAction, takesName: boolean): Problem =>
  problem('ARGUMENTS', {
    what: takesName ? `${action} takes only the name of a secret.` : `${action} takes no name.`,
    why:
      action === 'set'
        ? 'The value is not an argument, since other programs and the history of the shell would show it.'
        : 'Options begin with --.',
    now: NOTHING_CHANGED,
    fix: [
      `npm run secret -- ${action} ${SECRET_ACTIONS[action]}`.trimEnd(),
      ...(action === 'set' ? ['and type the value, or pass it to standard input.'] : []),
    ],
  });
