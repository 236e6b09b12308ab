/** The program of a container: how it starts, according to its configuration and its source folder. */
import { relative } from 'node:path';
import { startOfProgram } from '../program/decide-start.ts';
import type { ProgramStart } from '../program/start.ts';
import type { Container, Source } from './config.ts';

/**
 * Decides how the program of a container starts.
 * @param container its source, its command and its user
 * @throws NO_PROGRAM, SEVERAL_PROGRAMS
 */
export function startOfContainer(
  source: Source,
  { command, user }: Partial<Pick<Container, 'command' | 'user'>> = {},
): ProgramStart {
  const { source: folder, context = folder, ...settings } = source;
  const path = relative(folder, context).replaceAll('\\', '/');
  return startOfProgram(folder, { ...settings, context: path || '.', command, user });
}
