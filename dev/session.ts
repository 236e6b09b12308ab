/** Opens the session that intercepts requests, once that of a killed command is over. */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../lib/aws/errors.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import type { CommandContext } from '../lib/run/main.ts';
import type { InterceptSession } from '../sandbox/intercept-client.ts';
import type { RunningStack } from './stack.ts';

/** The longest time for which the session of a killed command lasts, in milliseconds. */
const STALE_SESSION_MS = 10_000;

/**
 * Opens the session. If another one is open, waits for as long as that of a killed command may last.
 * @throws LOCKED if another command holds a session
 */
export async function openInterceptSession(
  { sandbox }: RunningStack,
  { report, signal }: Pick<CommandContext, 'report' | 'signal'>,
): Promise<InterceptSession> {
  const deadline = performance.now() + STALE_SESSION_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await sandbox.intercept();
    } catch (error) {
      if (performance.now() > deadline) throw otherSession(error);
      if (attempt === 0) report({ type: 'note', text: `waiting: ${messageOf(error)}` });
      await delay(SESSION_RETRY_MS, undefined, { signal });
    }
  }
}

const SESSION_RETRY_MS = 250;

const otherSession = (cause: unknown): Problem =>
  problem('LOCKED', {
    what: 'Another npm run dev uses this sandbox.',
    why: messageOf(cause),
    now: NOTHING_CHANGED,
    fix: ['Press q in the other terminal, or choose another sandbox: export SLIPWAY_SANDBOX_PORT=4567'],
    cause,
  });

/** The problem of a session that ends although the user has not quit. */
export const sessionEnded = (cause: unknown): Problem =>
  problem('INTERRUPTED', {
    what: 'The sandbox ended this npm run dev.',
    why: `${messageOf(cause)} Another command has probably removed the stack or stopped the sandbox.`,
    now: 'No change is served any more. If the stack still exists, its deployed version serves.',
    fix: ['npm run status, to see what is left', 'npm run dev, to start again'],
    cause,
  });
