/** Warns of variables that look like secrets, since many people may read them, and of secrets that were not checked. Pure. */
import type { Config, Container } from '../lib/config/config.ts';
import type { Survey } from '../lib/look/found.ts';
import type { Change } from '../lib/model/change.ts';
import type { Event } from '../lib/model/report.ts';
import { isSecretName, secretsInVariable } from '../lib/model/secret-values.ts';
import { commandLine } from '../lib/run/command-line.ts';
import type { Options } from '../lib/run/options.ts';
import type { Plan } from './plan.ts';
import { deployedServicesIn } from './secret-values.ts';

/** The options that select a stack. */
type SecretOptions = Pick<Options, 'stage' | 'target' | 'config'>;

/** Shorter values are modes, names and switches. */
const MIN_LENGTH = 8;

/** Whether a variable looks like a secret, by the form of its value, or by its name if the value is no address or number. */
const looksSecret = (name: string, value: string): boolean =>
  secretsInVariable('', value).length > 0 ||
  (isSecretName(name) && value.length >= MIN_LENGTH && !/^[a-z][\w+.-]*:\/\/|^[\d.,]+$/i.test(value));

const secretVariablesOf = ({ environment }: Container): string[] =>
  Object.entries(environment).flatMap(([name, value]) => (looksSecret(name, value) ? [name] : []));

/** Returns a warning for each container with such variables, among the services that a plan deploys. */
function secretVariableEvents(config: Config, changes: readonly Change[], options: SecretOptions): Event[] {
  const deployed = deployedServicesIn(changes);
  return config.services
    .filter(({ name }) => deployed.has(name))
    .flatMap(({ containers }) => containers)
    .flatMap((container): Event[] => {
      const names = secretVariablesOf(container);
      return names.length === 0
        ? []
        : [{ type: 'warning', text: warningText(container.name, names, options) }];
    });
}

const warningText = (container: string, names: readonly string[], options: SecretOptions): string =>
  `${names.join(', ')} of ${container} ${names.length === 1 ? 'looks like a secret' : 'look like secrets'}, and everyone who may describe task definitions can read environment: ` +
  `${commandLine('secret', { ...options, action: 'set', secret: names[0] })} stores one safely, for use in secrets`;

/** Returns a note for each secret that the caller may not describe: ECS finds out whether it exists. */
const uncheckedSecretEvents = ({ secrets }: Pick<Survey, 'secrets'>): Event[] =>
  [...(secrets ?? [])].flatMap(([reference, secret]) =>
    secret.state === 'unknown'
      ? [{ type: 'note', text: `the secret ${reference} was not checked: ${secret.why}` }]
      : [],
  );

/**
 * Returns what a plan says about secrets.
 * @param config the configuration of the services that the run provisions
 * @param options the options that select the stack, for the commands in the events
 */
export const secretEvents = (
  config: Config,
  { found, changes }: Pick<Plan, 'found' | 'changes'>,
  options: SecretOptions,
): Event[] => [...uncheckedSecretEvents(found), ...secretVariableEvents(config, changes, options)];
