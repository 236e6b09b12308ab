/** For unit tests: a running sandbox without a process. */
import type { SandboxHandle } from '../../../../lib/run/target.ts';

/** A sandbox in the background that a run started, and how often it was stopped. */
export function fakeSandbox(over: Partial<SandboxHandle> = {}): {
  sandbox: SandboxHandle;
  stops: () => number;
} {
  let stops = 0;
  const sandbox: SandboxHandle = {
    url: 'http://mock',
    pid: 123,
    folder: '/some/where',
    started: true,
    background: true,
    limits: undefined,
    resolve: async () => undefined,
    census: async () => ({}),
    isAlive: () => true,
    stop: async () => void (stops += 1),
    ...over,
  };
  return { sandbox, stops: () => stops };
}
