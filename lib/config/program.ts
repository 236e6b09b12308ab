/** The program of a container: how it starts, according to its configuration and its source folder. */
import { relative } from 'node:path';
import { startOfProgram } from '../program/decide-start.ts';
import type { ProgramStart, StartSettings } from '../program/start.ts';
import type { Container, Source } from './config.ts';

/** The fields of a container that decide what starts, apart from its source. */
type StartFields = Partial<Pick<Container, 'entryPoint' | 'command' | 'user' | 'writable'>>;

/**
 * Decides how the program of a container starts.
 * @param container its entry point, its command and its user
 * @throws NO_PROGRAM, SEVERAL_PROGRAMS
 */
export const startOfContainer = (source: Source, container: StartFields = {}): ProgramStart =>
  startOfProgram(source.source, startSettingsOf(source, container));

/** Returns the settings that decide how the program of a container starts. */
export function startSettingsOf(
  { source: folder, context = folder, ...settings }: Source,
  container: StartFields = {},
): StartSettings {
  const path = relative(folder, context).replaceAll('\\', '/');
  const { user, writable } = container;
  return { ...settings, context: path || '.', command: ownCommandOf(container), user, writable };
}

/** Returns what a container runs instead of the command of its image; undefined if the configuration leaves that to the image. */
export const ownCommandOf = ({
  entryPoint,
  command,
}: Pick<StartFields, 'entryPoint' | 'command'>): readonly string[] | undefined =>
  entryPoint === undefined ? command : [...entryPoint, ...(command ?? [])];
