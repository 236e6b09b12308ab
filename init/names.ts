/** Derives the names of a stack and of its containers from those of packages and folders. Pure. */
import type { ProgramFacts } from './programs.ts';

/**
 * The number of characters that the names of a stack, of a service and of its container may have together: with a stage, all of them
 * are part of names in AWS that have 32 characters.
 */
export const MAX_NAMES_LENGTH = 20;
/** The name of a container that is alone in its service, and of a service whose name would be too long. */
export const USUAL_NAME = 'app';
/** The longest name of a stack with several programs. */
const MAX_STACK_LENGTH = 8;

/** Returns the length that the name of a stack may have. */
export const maxStackLength = (programCount: number): number =>
  programCount === 1 ? MAX_NAMES_LENGTH - 2 * USUAL_NAME.length : MAX_STACK_LENGTH;

/** Words that say little, which a name that is too long can do without. */
const GENERIC_SUFFIX = /-(?:service|server|backend|app|api|example|starter|demo)$/;
/** The name of the security group of the load balancer. */
const RESERVED = 'balancer';

/** Converts a name to one that a configuration accepts, e.g. `@acme/Web_App` to `web-app`. */
export function configuredName(name: string, fallback: string, maxLength: number): string {
  const words = name
    .replace(/^@[^/]*\//, '')
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .replace(/^internal-/, '');
  const short = shortened(words, maxLength);
  return short === '' || short === RESERVED ? fallback : short;
}

/** Shortens a name by its last words, and only a single long word by its last letters. */
function shortened(words: string, maxLength: number): string {
  if (words.length <= maxLength) return words;
  const specific = words.replace(GENERIC_SUFFIX, '');
  if (specific !== words) return shortened(specific, maxLength);
  const [, whole] = new RegExp(`^(.{1,${maxLength}})-`).exec(words) ?? [];
  return (whole ?? words.slice(0, maxLength)).replace(/-+$/, '');
}

/**
 * Returns a different name for each program: that of its Compose service or its folder, or that of its package for the folder of the
 * configuration.
 * @param stackName the name of the stack, which limits the length of the others
 */
export function uniqueNames(programs: readonly ProgramFacts[], stackName: string): Map<ProgramFacts, string> {
  const maxLength = MAX_NAMES_LENGTH - stackName.length - USUAL_NAME.length;
  const names = new Map<ProgramFacts, string>();
  for (const program of programs) {
    const { folder, name, compose } = program;
    const wanted = configuredName(
      folder === '.' || compose !== undefined ? name : (folder.split('/').at(-1) ?? name),
      USUAL_NAME,
      maxLength,
    );
    const used = new Set(names.values());
    for (let number = 1; !names.has(program); number += 1) {
      const suffix = number === 1 ? '' : `-${number}`;
      const candidate = `${wanted.slice(0, maxLength - suffix.length).replace(/-+$/, '')}${suffix}`;
      if (!used.has(candidate)) names.set(program, candidate);
    }
  }
  return names;
}
