/** Writes the configuration of a guessed stack as TypeScript, with the reason for every guess. Pure. */
import { composeNeeds } from './compose-environment.ts';
import type { ContainerGuess, Guess } from './guess-container.ts';
import type { ServiceGuess } from './guess-stack.ts';

/** A guessed stack. */
export interface StackGuess {
  readonly name: Guess<string>;
  readonly region: Guess<string>;
  readonly services: readonly ServiceGuess[];
}

/**
 * Returns the text of a configuration file.
 * @param module the module that exports `defineStack`
 */
export function configText({ name, region, services }: StackGuess, module: string): string {
  const lines = [
    '// The stack of this repository. Each comment is the reason for a guess: correct what is wrong.',
    `import { defineStack } from ${literal(module)};`,
    '',
    'export default defineStack({',
    ...withReason(`  name: ${literal(name.value)},`, name.why),
    ...withReason(`  region: ${literal(region.value)},`, region.why),
    '  services: {',
    ...services.flatMap((service) => [
      `    ${key(service.name)}: {`,
      '      containers: {',
      ...service.containers.flatMap((container) =>
        containerLines(container).map((line) => `        ${line}`),
      ),
      '      },',
      '    },',
    ]),
    '  },',
    '});',
  ];
  return `${lines.join('\n')}\n`;
}

function containerLines({ facts, name, port, path, health, environment }: ContainerGuess): string[] {
  const variables = Object.entries(environment);
  const missing = [...composeNeeds(facts), ...facts.needs].filter(
    ({ name: variable }, index, all) =>
      !Object.hasOwn(environment, variable) && all.findIndex((other) => other.name === variable) === index,
  );
  return [
    ...comment(facts.start.reason),
    ...(facts.start.base.kind === 'other'
      ? comment('It runs in the image that its Dockerfile builds, so it needs a container engine.')
      : []),
    `${key(name)}: {`,
    `  source: ${literal(facts.folder)},`,
    ...buildLines(facts),
    ...(port ? withReason(`  port: ${port.value},`, port.why) : []),
    ...(path ? withReason(`  path: ${literal(path.value)},`, path.why) : []),
    ...(port && !path
      ? comment('No path: only the other containers of its task reach it, on localhost.', '  ')
      : []),
    ...(health ? withReason(`  health: { ${fields(health.value)} },`, health.why) : []),
    ...(variables.length + missing.length === 0
      ? []
      : [
          '  environment: {',
          ...variables.flatMap(([variable, { value, why }]) =>
            withReason(`    ${key(variable)}: ${literal(value)},`, why),
          ),
          ...missing.map(
            ({ name: variable, file, why = `${file} reads it, without a default` }) =>
              `    // ${key(variable)}: '', // ${oneLine(why)}`,
          ),
          '  },',
        ]),
    '},',
  ];
}

/** Returns the fields that a Compose file sets for the image and its command. */
function buildLines({ compose }: ContainerGuess['facts']): string[] {
  if (compose === undefined) return [];
  const { dockerfile, target, context, buildArgs, command } = compose;
  const paths = Object.entries({ dockerfile, target, context });
  const hasArguments = Object.keys(buildArgs).length > 0;
  return [
    ...paths.flatMap(([field, value]) => (value === undefined ? [] : [`  ${field}: ${literal(value)},`])),
    ...(hasArguments ? [`  buildArgs: { ${fields(buildArgs)} },`] : []),
    ...(command === undefined ? [] : [`  command: [${command.map(literal).join(', ')}],`]),
  ];
}

const fields = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([field, value]) => `${key(field)}: ${literal(value)}`)
    .join(', ');

/** The maximum length of a line of code with its comment. */
const MAX_LINE = 110;

/** Returns a line with its reason as a comment, behind it or, if that is too long, above it. */
function withReason(line: string, why: string): string[] {
  const oneLineOfWhy = oneLine(why);
  const together = `${line} // ${oneLineOfWhy}`;
  const indent = /^ */.exec(line)?.[0] ?? '';
  return together.length <= MAX_LINE - 8 ? [together] : [...comment(oneLineOfWhy, indent), line];
}

const comment = (text: string, indent = ''): string[] => [`${indent}// ${oneLine(text)}`];

/** Removes line breaks and control characters: names of files may contain anything. */
const oneLine = (text: string): string => text.replace(/[\p{Control}\u2028\u2029]+/gu, ' ').trim();

/** Formats a string as a literal, in single quotes. */
const literal = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'").replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;

/** Formats the name of a property. */
const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name));
