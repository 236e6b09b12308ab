/** The program of a container: how it starts, according to its configuration and its source folder. */
import { relative } from 'node:path';
import { startOfProgram } from '../program/decide-start.ts';
import type { ProgramStart, StartSettings } from '../program/start.ts';
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
  return startOfProgram(source.source, startSettingsOf(source, { command, user }));
}

/** Returns the settings that decide how the program of a container starts. */
export function startSettingsOf(
  { source: folder, context = folder, ...settings }: Source,
  { command, user }: Partial<Pick<Container, 'command' | 'user'>> = {},
): StartSettings {
  const path = relative(folder, context).replaceAll('\\', '/');
  return { ...settings, context: path || '.', command, user };
}
