/** Flags that were typed before npm's `--`: npm takes them for its own and says nothing, and a run would go on without them. */
import type { Option } from 'commander';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';

/** The variables that npm gives the programs it runs. */
export type NpmVariables = Readonly<Record<string, string | undefined>>;

/** Flags that npm has itself: they may stand in anybody's npmrc, and without them a run asks, or prints text. */
const NPM_OWN_FLAGS = ['--yes', '--json'];

/**
 * npm reads a word of which every letter is a short flag of its own as those flags: `--plan` is `-p -l -a -n`.
 * @see https://docs.npmjs.com/cli/v11/using-npm/config#shorthands-and-other-cli-niceties
 */
const READ_AS_SHORT_FLAGS: Readonly<Record<string, readonly string[]>> = {
  '--plan': ['npm_config_parseable', 'npm_config_long', 'npm_config_all'],
};

/**
 * The problem that flags before the `--` are, if there are any.
 * @param env what npm sets, as scripts see it; nothing is said when npm did not start this process
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
    // `--stage=x` is `x`, `--stage x` is `true` with an argument too many, `--no-wait` is an empty `wait`.
    const value = env[`npm_config_${long.replace(/^--(no-)?/, '').replaceAll('-', '_')}`];
    if (negate) return value === '' ? [long] : [];
    if (!value) return [];
    if (!required || value === 'true') return [flags];
    // An npmrc may have a `target` for native modules, such as Electron's version.
    return argChoices && !argChoices.includes(value) ? [] : [`${long} ${value}`];
  });
  if (taken.length === 0) return undefined;
  const names = taken.map((flag) => flag.split(' ')[0]);
  return problem('ARGUMENTS', {
    what: `npm took ${names.join(' and ')} for itself.`,
    why: 'Only what stands after a -- of its own reaches the command.',
    now: NOTHING_CHANGED,
    fix: [`npm run ${command} -- ${taken.join(' ')}`],
  });
}
