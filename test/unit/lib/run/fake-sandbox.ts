/** For unit tests: a running sandbox without a process. */
import type { SandboxHandle } from '../../../../lib/run/target.ts';

/** Returns a background sandbox that this run has started, and a function that returns how often it was stopped. */
export function fakeSandbox(overrides: Partial<SandboxHandle> = {}): {
  sandbox: SandboxHandle;
  stopCount: () => number;
} {
  let stopCount = 0;
  const sandbox: SandboxHandle = {
    url: 'http://mock',
    pid: 123,
    folder: '/some/where',
    started: true,
    background: true,
    rateLimitFactor: undefined,
    resolve: async () => undefined,
    authority: async () => ({ certificate: 'PEM', file: '/some/where/authority.pem' }),
    nameServers: async () => [],
    listeners: async () => undefined,
    census: async () => ({}),
    isAlive: () => true,
    stop: async () => void (stopCount += 1),
    ...overrides,
  };
  return { sandbox, stopCount: () => stopCount };
}
