/** The problems of `exec`: each says why no command runs in the container, and what to do. */
import { messageOf } from '../lib/aws/errors.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import type { NamedContainer } from '../lib/run/one-container.ts';
import type { SessionEnd } from './data-session.ts';

/** The problem if no task has the container running. @param id what the user has typed after `--task` */
export const noSuchTask = ({ service, container }: NamedContainer, id: string | undefined): Problem =>
  problem('EXEC_NO_TASK', {
    what: `No running task ${id === undefined ? `of ${service.name}` : id} has a running container ${container.name}.`,
    why:
      id === undefined
        ? 'The service has no task that runs, or the container has ended in all of them.'
        : 'There is no such task, it has stopped, or the container has ended in it.',
    now: NOTHING_CHANGED,
    fix: [
      `npm run status, to see the tasks of ${service.name}`,
      ...(id === undefined
        ? [`npm run logs -- ${container.name}, to see why it has ended`]
        : [`npm run exec -- ${container.name}, without --task, for the newest healthy task`]),
    ],
  });

/** The problem if the tasks were started without ECS Exec. */
export const notEnabled = ({ service, container }: NamedContainer): Problem =>
  problem('EXEC_NOT_ENABLED', {
    what: `The tasks of ${service.name} were started without ECS Exec.`,
    why:
      service.exec === true
        ? 'The configuration has exec: true, but it has not been deployed, and tasks that run already stay as they are.'
        : `exec is off by default, and the configuration does not switch it on for ${service.name}.`,
    now: NOTHING_CHANGED,
    fix: [
      ...(service.exec === true
        ? []
        : [
            `In slipway.config.ts, set services.${service.name}.exec: true, and readOnlyRoot: false for ${container.name}.`,
          ]),
      'npm run provision, which starts new tasks',
    ],
  });

/** The problem if the agent of a container does not run, or cannot be reached. */
export const noAgent = (
  { service, container }: NamedContainer,
  { status, reason }: { readonly status: string; readonly reason?: string | undefined },
  cause?: unknown,
): Problem =>
  problem('EXEC_NO_AGENT', {
    what: `The agent of ECS Exec in ${container.name} ${status === 'RUNNING' ? 'cannot be reached' : `is ${status}`}.`,
    why: [
      ...(reason === undefined ? [] : [`AWS says: ${reason}`]),
      ...(container.readOnlyRoot
        ? [`The root file system of ${container.name} is read-only, and the agent has to write to it.`]
        : status === 'PENDING'
          ? ['It starts some seconds after its container.']
          : [
              service.taskRole === undefined
                ? 'It needs the permissions that a provision gives to the task role, and a way to reach AWS.'
                : `It needs ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and OpenDataChannel, which the role ${service.taskRole} must allow.`,
            ]),
    ].join('\n'),
    now: NOTHING_CHANGED,
    fix: container.readOnlyRoot
      ? [`In slipway.config.ts, set readOnlyRoot: false for ${container.name}, and run npm run provision.`]
      : [
          'Try again in a minute.',
          `npm run drift, to see whether the role of ${service.name} has been changed`,
        ],
    cause,
  });

/** The problem if a session ended before its command did. */
export function sessionEnded(
  { container }: NamedContainer,
  end: Exclude<SessionEnd, { how: 'exited' }>,
): Problem {
  const words = end.how === 'closed' ? end.words.trim() : '';
  const reason = [end.reason, words].filter(Boolean).join('\n');
  const lacksShell = !end.hasStarted && /not found|no such file/i.test(reason);
  const isIdle = /inactiv|idle|timed out/i.test(reason);
  return problem('EXEC_ENDED', {
    what: end.hasStarted
      ? `The session in ${container.name} ended before its command did, so the exit code is not known.`
      : `The command did not start in ${container.name}.`,
    why:
      [reason, ...(isIdle ? ['AWS ends a session after 20 minutes without input and output.'] : [])]
        .filter(Boolean)
        .join('\n') || 'The container or its task has stopped, or AWS has closed the session.',
    now: end.hasStarted
      ? 'What the command has done so far stays done. AWS ends the processes of a session with it.'
      : NOTHING_CHANGED,
    fix: lacksShell
      ? [
          `Use an image for ${container.name} that has sh: every command starts through it, so that its exit code is known.`,
        ]
      : [
          `npm run exec -- ${container.name}, for a new session`,
          'npm run status, to see whether its task still runs',
        ],
  });
}

/** The problem if AWS refuses to open a session, although the agent seemed to run. */
export const refusedSession = (place: NamedContainer, error: unknown): Problem =>
  noAgent(place, { status: 'RUNNING', reason: messageOf(error) }, error);
