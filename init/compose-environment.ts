/** Turns the variables of a Compose service into those of a container, with the reason for each. Pure. */
import { secretsInCommand } from '../lib/model/secret-values.ts';
import { withoutSecrets } from '../lib/program/shown-text.ts';
import { isLikelySecret, namesService } from './compose-variables.ts';
import type { ComposeImage, ComposeService } from './compose-services.ts';
import type { Guess } from './guess-container.ts';
import type { ProgramFacts } from './programs.ts';
import type { NeededVariable } from './variables.ts';

/** Returns the variables that a Compose file sets for a program. PORT is not one of them if it is the port of the container. */
export function composeEnvironment(
  { compose }: Pick<ProgramFacts, 'compose'>,
  port: number | undefined,
): Record<string, Guess<string>> {
  const entries = Object.entries(compose?.environment ?? {}).filter(
    ([name, value]) => name !== 'PORT' || value !== String(port),
  );
  return Object.fromEntries(
    entries.map(([name, value]) => [name, { value, why: reasonFor(compose, name, value) }]),
  );
}

function reasonFor(compose: ComposeService | undefined, name: string, value: string): string {
  const from = `from ${compose?.file}`;
  const missing = compose?.images.find((image) => namesService(value, image));
  const isSecret = isLikelySecret(name, value);
  const replace = isSecret ? ', where everyone can read it: use another one for AWS' : '';
  return missing === undefined
    ? from + replace
    : `${from}; its ${missing} is not created: set your own address${isSecret ? ', and another password for AWS' : ''}`;
}

/** Returns the variables that a Compose service needs, but whose values are not copied from its file. */
export const composeNeeds = ({ compose }: Pick<ProgramFacts, 'compose'>): NeededVariable[] =>
  (compose?.unset ?? []).map((name) => {
    const file = compose?.file ?? '';
    return { name, file, why: `${file} sets it, but its value is not copied` };
  });

/** Leaves out the secrets of a Compose file that Git ignores: the configuration is usually committed. */
export function withoutIgnoredSecrets(service: ComposeService): ComposeService {
  const { environment, buildArgs, command, unset, notes } = service;
  const names = secretNames(environment);
  const argumentNames = secretNames(buildArgs);
  const hasSecretCommand = secretsInCommand(command ?? []).length > 0;
  return {
    ...service,
    environment: without(environment, names),
    unset: [...unset, ...names],
    buildArgs: without(buildArgs, argumentNames),
    command: hasSecretCommand ? undefined : command,
    notes: [
      ...notes,
      ...argumentNames.map(
        (name) => `its build argument ${name} may be a secret, so its value is not copied`,
      ),
      ...(hasSecretCommand ? ['its command may have a secret, so it is not copied'] : []),
    ],
  };
}

type Values = Readonly<Record<string, string>>;

const secretNames = (values: Values): string[] =>
  Object.keys(values).filter((name) => isLikelySecret(name, values[name] ?? ''));

const without = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

/** Returns a sentence for each service that runs from an image: the stack does not contain it. */
export const imageNotes = (
  images: readonly ComposeImage[],
  built: readonly ComposeService[],
  file: string,
): string[] =>
  images.map(({ name, image }) => {
    const users = built.filter(
      ({ dependsOn, environment }) =>
        dependsOn.includes(name) || Object.values(environment).some((value) => namesService(value, name)),
    );
    const variables = users.flatMap(({ environment }) =>
      Object.keys(environment).filter((variable) => namesService(environment[variable] ?? '', name)),
    );
    const needed = users.length === 0 ? '' : ` ${users.map((user) => user.name).join(' and ')} needs it.`;
    const address =
      variables.length === 0
        ? 'Bring your own.'
        : `Bring your own, and set ${[...new Set(variables)].join(' and ')}.`;
    return `${name} in ${file} is not created, because it runs from the image ${withoutSecrets(image)}.${needed} ${address}`;
  });
