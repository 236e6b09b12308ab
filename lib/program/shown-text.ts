/** Shows text of a Dockerfile in a sentence: on one short line, without secrets and without characters that a terminal acts on. Pure. */
import { printable } from '../model/printable.ts';
import { secretsInCommand, withoutSecretForms } from '../model/secret-values.ts';
import { simpleCommand } from './shell-words.ts';

/** The maximum length of a shown command, in characters. */
const MAX_LENGTH = 160;
const HIDDEN = '(not shown)';
/** A user and a password as an option, such as `curl -u name:password`. */
const USER_OPTION = /(\s(?:-u|--user|--proxy-user)[=\s]+["']?[^\s:"']+:)[^\s"']+/g;

/** Shortens a string to one line. */
export const oneLine = (text: string): string => {
  const line = printable(text.replace(/\s+/g, ' ').trim());
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
};

/** Returns a string that is no command, such as a reference, on one line and without what has the form of a secret. */
export const withoutSecrets = (text: string): string => oneLine(withoutSecretForms(text, HIDDEN));

/** Returns a command as a sentence can show it. The values of options and variables whose names say that they are secrets are hidden. */
export function shownCommand(command: string): string {
  // A command with operators or variables is not a list of words, so it is split at spaces.
  const simple = simpleCommand(command);
  const words = simple
    ? [...Object.entries(simple.environment).map((entry) => entry.join('=')), ...simple.words]
    : command.split(/\s+/).map((word) => word.replace(/^["']|["']$/g, ''));
  const secrets = secretsInCommand(words)
    .filter((secret) => secret.length > 1 && !secret.startsWith('$'))
    .sort((one, other) => other.length - one.length);
  const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, HIDDEN), command);
  return withoutSecrets(hidden.replace(USER_OPTION, `$1${HIDDEN}`));
}
