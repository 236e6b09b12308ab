/** Derives the names of a stack and of its containers from those of packages and folders. Pure. */
import type { ProgramFacts } from './programs.ts';

/** The longest name of a stack or of a container: with a stage, both are part of names in AWS that have 32 characters. */
export const MAX_NAME_LENGTH = 8;
/** The number of characters that the names of a stack, of a service and of its container may have together. */
export const MAX_NAMES_LENGTH = 20;
/** Words that say little, which a name that is too long can do without. */
const GENERIC_SUFFIX = /-(?:service|server|backend|app|api|example|starter|demo)$/;
/** The name of the security group of the load balancer. */
const RESERVED = 'balancer';

/** Converts a name to one that a configuration accepts, e.g. `@acme/Web_App` to `web-app`. */
export function configuredName(name: string, fallback: string): string {
  const words = name
    .replace(/^@[^/]*\//, '')
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .replace(/^internal-/, '');
  const short = shortened(words);
  return short === '' || short === RESERVED ? fallback : short;
}

/** Shortens a name by its last words, and only a single long word by its last letters. */
function shortened(words: string): string {
  if (words.length <= MAX_NAME_LENGTH) return words;
  const specific = words.replace(GENERIC_SUFFIX, '');
  if (specific !== words) return shortened(specific);
  const [, whole] = new RegExp(`^(.{1,${MAX_NAME_LENGTH}})-`).exec(words) ?? [];
  return (whole ?? words.slice(0, MAX_NAME_LENGTH)).replace(/-+$/, '');
}

/** Returns a different name for each program: that of its folder, or that of its package for the folder of the configuration. */
export function uniqueNames(programs: readonly ProgramFacts[]): Map<ProgramFacts, string> {
  const names = new Map<ProgramFacts, string>();
  for (const program of programs) {
    const { folder, name } = program;
    const wanted = configuredName(folder === '.' ? name : (folder.split('/').at(-1) ?? name), 'app');
    const used = new Set(names.values());
    for (let number = 1; !names.has(program); number += 1) {
      const candidate = number === 1 ? wanted : `${wanted}-${number}`;
      if (!used.has(candidate)) names.set(program, candidate);
    }
  }
  return names;
}
