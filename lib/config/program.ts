/** The program of a container: how it starts, according to its configuration and its source folder. */
import { relative } from 'node:path';
import { startOfProgram } from '../program/decide-start.ts';
import type { ProgramStart, StartSettings } from '../program/start.ts';
import type { Container, Source } from './config.ts';

/**
 * Returns the settings of a start: the fields of a source, and of its container.
 * @param source with absolute folders
 */
export function startSettingsOf(
  { source: folder, context = folder, ...settings }: Source,
  { command, user }: Partial<Pick<Container, 'command' | 'user'>> = {},
): StartSettings {
  const path = relative(folder, context).replaceAll('\\', '/');
  return { ...settings, context: path || '.', command, user };
}

/**
 * Decides how the program of a container starts.
 * @throws NO_PROGRAM, SEVERAL_PROGRAMS
 */
export const startOfContainer = (
  source: Source,
  container?: Partial<Pick<Container, 'command' | 'user'>>,
): ProgramStart => startOfProgram(source.source, startSettingsOf(source, container));
