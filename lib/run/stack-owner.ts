/** Detects a stack that this machine or this project has not provisioned, before the run changes it. */
import { projectsOfStack, sizeOfStack } from '../look/stack.ts';
import type { Survey } from '../look/found.ts';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import type { Command } from './commands.ts';
import type { CommandContext } from './main.ts';
import type { Session } from './session.ts';

type StackSession = Pick<Session, 'config' | 'run' | 'lookContext'>;

/**
 * Checks that a stack belongs to the project of the configuration, or to the project for which this machine last provisioned it.
 * A run that changes nothing only warns.
 * @throws OTHER_PROJECT when it belongs to another project and `--adopt-stack` is not set
 */
function checkProject(
  session: StackSession,
  found: Survey,
  command: Command,
  { options, report }: Pick<CommandContext, 'options' | 'report'>,
): void {
  const { config, run } = session;
  const { stack } = session.lookContext().names;
  const ownProjects = [config.project, run.state.data.project];
  const others = projectsOfStack(found, stack).filter((project) => !ownProjects.includes(project));
  if (others.length === 0 || options.adoptStack) return;
  const why = `It belongs to ${others.join(' and ')}, according to the tag slipway:project; this configuration belongs to ${config.project ?? 'no project'}.`;
  if (options.plan || options.drift) {
    const text = `${stack} belongs to another project. ${why} Changing it needs --adopt-stack.`;
    report({ type: 'warning', text });
    return;
  }
  throw problem('OTHER_PROJECT', {
    what: `The stack ${stack} belongs to another project.`,
    why,
    now: NOTHING_CHANGED,
    fix: [
      'Choose another name in slipway.config.ts or another --stage,',
      `or npm run ${command} -- --adopt-stack, if it is your stack, for example because the repository was renamed.`,
    ],
  });
}

/** Returns a note for the plan and the question, if the stack exists but this machine has no record of it. */
function unknownStackNote(session: StackSession, found: Survey): string | undefined {
  const { resources, intents } = session.run.state.data;
  if (Object.keys(resources).length + Object.keys(intents).length > 0) return undefined;
  const { stack } = session.lookContext().names;
  const size = sizeOfStack(found, stack);
  return size === 0
    ? undefined
    : `This machine has no record of ${stack}, of which ${size} ${size === 1 ? 'resource exists' : 'resources exist'}`;
}

/**
 * Checks that a stack belongs to the project, and reports a stack of which this machine has no record.
 * @returns the note for the question, if there is no record
 * @throws OTHER_PROJECT when the stack belongs to another project and `--adopt-stack` is not set
 */
export function checkOwner(
  session: StackSession,
  found: Survey,
  command: Command,
  context: Pick<CommandContext, 'options' | 'report'>,
): string | undefined {
  checkProject(session, found, command, context);
  const note = unknownStackNote(session, found);
  if (note !== undefined) context.report({ type: 'note', text: note });
  return note;
}
