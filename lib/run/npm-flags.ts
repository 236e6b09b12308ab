/** Detects flags before npm's `--`: npm silently keeps them for itself, and the run would continue without them. */
import type { Option } from 'commander';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';

/** The environment variables that npm sets for the programs it runs. */
export type NpmVariables = Readonly<Record<string, string | undefined>>;

/** Flags that npm has, too, and that any npmrc may set. A run that misses them does no harm: it asks, or prints text. */
const NPM_OWN_FLAGS = ['--yes', '--json'];

/**
 * If every letter of a word is a short flag of npm, npm reads the word as those flags: `--plan` is `-p -l -a -n`.
 * @see https://docs.npmjs.com/cli/v11/using-npm/config#shorthands-and-other-cli-niceties
 */
const READ_AS_SHORT_FLAGS: Readonly<Record<string, readonly string[]>> = {
  '--plan': ['npm_config_parseable', 'npm_config_long', 'npm_config_all'],
};

/**
 * Returns a problem that names the flags before the `--`; undefined when there are none.
 * @param env the environment; if it lacks npm's variables, npm did not start this process, and there is no problem
 */
export function flagsTakenByNpm(
  command: string,
  options: readonly Pick<Option, 'long' | 'flags' | 'negate' | 'argChoices' | 'required'>[],
  env: NpmVariables,
): Problem | undefined {
  if (env['npm_lifecycle_event'] === undefined) return undefined;
  const taken = options.flatMap(({ long = '', flags, negate, argChoices, required }) => {
    if (NPM_OWN_FLAGS.includes(long)) return [];
    if (READ_AS_SHORT_FLAGS[long]?.every((variable) => env[variable] === 'true')) return [long];
    // npm stores `--stage=x` as `x` and `--stage x` as `true`, in the variable `stage`; `--no-wait` as an empty string, in `wait`.
    const value = env[`npm_config_${long.replace(/^--(no-)?/, '').replaceAll('-', '_')}`];
    if (negate) return value === '' ? [long] : [];
    if (!value) return [];
    if (long === '--plan' && value !== 'true') return [`${long}=${value}`];
    if (!required || value === 'true') return [flags];
    // An npmrc may have a `target` for native modules, such as Electron's version.
    return argChoices && !argChoices.includes(value) ? [] : [`${long} ${value}`];
  });
  if (taken.length === 0) return undefined;
  const names = taken.map((flag) => flag.split(/[ =]/)[0]);
  return problem('ARGUMENTS', {
    what: `npm kept ${names.join(' and ')} for itself.`,
    why: 'Only arguments after a separate -- reach the command.',
    now: NOTHING_CHANGED,
    fix: [`npm run ${command} -- ${taken.join(' ')}`],
  });
}
