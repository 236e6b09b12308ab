/** Reads the arguments of a Dockerfile's instructions: ports, and commands in the shell form and the exec form. Pure. */
import type { Instruction } from 'dockerfile-ast';

/** The maximum number of ports in one range, so that a mistake does not fill the memory. */
const MAX_PORTS = 100;

/** Returns the ports of an argument of EXPOSE: `80`, `80/tcp` or `7000-7010`. UDP has no load balancer here. */
export function portsIn(argument: string): number[] {
  const [, first, last = first, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(argument) ?? [];
  if (first === undefined || protocol.toLowerCase() !== 'tcp') return [];
  const count = Math.min(Number(last) - Number(first) + 1, MAX_PORTS);
  return Array.from({ length: Math.max(count, 0) }, (_, index) => Number(first) + index).filter(
    (port) => port > 0 && port < 65_536,
  );
}

/** Returns the command of a CMD or an ENTRYPOINT. @param shell runs the shell form */
export const commandIn = (instruction: Instruction, shell: readonly string[]): readonly string[] =>
  jsonArray(instruction) ?? [...shell, textOf(instruction)];

/** Returns the arguments without line continuations and the comments between continued lines. */
export const textOf = (instruction: Instruction): string =>
  (instruction.getRawArgumentsContent() ?? '')
    .replace(/^[ \t]*#.*(?:\n|$)/gm, '')
    .replace(/\\[ \t]*\r?\n/g, '');

/** Returns the arguments in the exec form. As in Docker, an array that is not valid JSON is a shell command. */
export function jsonArray(instruction: Instruction): string[] | undefined {
  try {
    const value: unknown = JSON.parse(textOf(instruction));
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
