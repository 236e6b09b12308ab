/** Opens a session of ECS Exec in a container of a running task. */
import type { Region } from '../world/region.ts';
import { hasTerminals } from '../runtime/execution.ts';
import { serveAgent, type AgentTask } from '../session/agent.ts';
import type { Sessions } from '../session/sessions.ts';
import { wordsOf } from '../session/words.ts';
import type { TaskContainer } from './container-setup.ts';
import type { OpenedSession, SessionRequest } from './data-plane.ts';

/** AWS ends a session after 20 idle minutes; this is not scaled, since a person is at the other end. */
const IDLE_MS = 20 * 60_000;

/**
 * Opens a session.
 * @param containers the containers of the task by name; undefined if it does not run
 */
export function openTaskSession(
  sessions: Sessions,
  region: Region,
  containers: ReadonlyMap<string, TaskContainer> | undefined,
  { container: name, command }: SessionRequest,
): OpenedSession | undefined {
  const container = containers?.get(name);
  const port = region.port();
  if (!container || port === undefined) return undefined;
  const start: AgentTask['start'] = async (size) => container.execute(wordsOf(command), size);
  return sessions.open(port, serveAgent({ command, hasTerminal: hasTerminals(), start, idleMs: IDLE_MS }));
}
