/** The health checker, on a clock that the test advances. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { TargetHealth } from '../../../sandbox/balancer/health-check.ts';
import type {
  CheckedGroup,
  HealthChecker,
  HealthCheckerOptions,
} from '../../../sandbox/balancer/health-checker.ts';
import { startHealthChecker } from '../../../sandbox/balancer/health-checker.ts';
import type { Reachability, TargetView } from '../../../sandbox/balancer/view.ts';
import { gate, startRawTarget, startTarget } from './targets.ts';

const REFRESH_INTERVAL = 1;
const INTERVAL = 30_000;
/** The interval of the checks of a new target that refuses connections. */
const RETRY = 50;

/** A clock whose waits last until the test ends them. */
class Clock {
  private waits: { ms: number; end: () => void }[] = [];
  private changed = gate();

  readonly wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wait = { ms, end: resolve };
      this.waits.push(wait);
      this.changed.open();
      this.changed = gate();
      signal.addEventListener('abort', () => {
        this.waits = this.waits.filter((each) => each !== wait);
        resolve();
      });
    });

  /** Ends all current waits of `ms` milliseconds. */
  endWaits(ms: number): void {
    const endedWaits = this.waits.filter((wait) => wait.ms === ms);
    this.waits = this.waits.filter((wait) => wait.ms !== ms);
    for (const wait of endedWaits) wait.end();
  }
  countWaits(ms: number): number {
    return this.waits.filter((wait) => wait.ms === ms).length;
  }
  /** Resolves when exactly `count` waits of `ms` milliseconds are pending. */
  async waitUntilPending(ms: number, count: number): Promise<void> {
    while (this.countWaits(ms) !== count) await this.changed.opened;
  }
}

/** A target group that can be changed, a clock, and the reports of the health checker. */
class Scene {
  readonly clock = new Clock();
  readonly reports: string[] = [];
  group: CheckedGroup;
  private waiting: { count: number; open: () => void }[] = [];

  constructor(
    reach: (target: TargetView) => Promise<Reachability>,
    settings: Partial<CheckedGroup['settings']> = {},
  ) {
    const request = {
      path: '/',
      port: 'traffic-port',
      protocol: 'HTTP',
      intervalMs: INTERVAL,
      timeoutMs: 5_000,
    } as const;
    const thresholds = { healthyThreshold: 2, unhealthyThreshold: 2, matcher: '200' };
    this.group = { arn: 'group', settings: { ...request, ...thresholds, ...settings }, targets: [], reach };
  }

  readonly options: HealthCheckerOptions = {
    groups: () => [this.group],
    report: (arn, target, health) => this.record(arn, target, health),
    wait: this.clock.wait,
    refreshIntervalMs: REFRESH_INTERVAL,
  };

  setTarget(id: string, state: TargetView['state']): void {
    const others = this.group.targets.filter((target) => target.id !== id);
    this.group = { ...this.group, targets: [...others, { id, port: 5000, state }] };
  }
  removeTarget(id: string): void {
    this.group = { ...this.group, targets: this.group.targets.filter((target) => target.id !== id) };
  }

  /** Waits for `count` reports. */
  async waitForReports(count: number): Promise<void> {
    if (this.reports.length >= count) return;
    const { opened, open } = gate();
    this.waiting.push({ count, open });
    await opened;
  }

  private record(arn: string, target: TargetView, { state }: TargetHealth): void {
    this.setTarget(target.id, state);
    this.reports.push(`${arn} ${target.id} ${state}`);
    for (const { count, open } of this.waiting) if (this.reports.length >= count) open();
  }
}

let checker: HealthChecker | undefined;
afterEach(async () => checker?.stop());

async function startTargetWithStatus(
  status: () => number,
): Promise<{ reach: () => Promise<Reachability>; requestCount: () => number }> {
  let requestCount = 0;
  const { port } = await startTarget((_request, response) => {
    requestCount += 1;
    response.writeHead(status()).end();
  });
  return { reach: async () => ({ host: '127.0.0.1', port }), requestCount: () => requestCount };
}

describe('the health checker', () => {
  test('checks immediately, then once per interval, and reports each result', async () => {
    let status = 200;
    const { reach, requestCount } = await startTargetWithStatus(() => status);
    const scene = new Scene(reach);
    scene.setTarget('10.0.0.1', 'initial');
    checker = startHealthChecker(scene.options);
    await scene.waitForReports(1);
    expect(requestCount()).toBe(1);

    status = 503;
    for (let round = 2; round <= 3; round += 1) {
      scene.clock.endWaits(INTERVAL);
      await scene.waitForReports(round);
    }
    status = 200;
    for (let round = 4; round <= 5; round += 1) {
      scene.clock.endWaits(INTERVAL);
      await scene.waitForReports(round);
    }
    expect(scene.reports).toEqual(
      ['healthy', 'healthy', 'unhealthy', 'unhealthy', 'healthy'].map((state) => `group 10.0.0.1 ${state}`),
    );
    expect(requestCount()).toBe(5);
  });

  test('checks a target less often once it has been healthy for some time, until a check fails', async () => {
    let status = 200;
    const { reach } = await startTargetWithStatus(() => status);
    const scene = new Scene(reach, { settledIntervalMs: 3 * INTERVAL });
    scene.setTarget('10.0.0.1', 'initial');
    checker = startHealthChecker(scene.options);
    await scene.waitForReports(1);
    scene.clock.endWaits(INTERVAL);
    await scene.clock.waitUntilPending(2 * INTERVAL, 1);

    status = 503;
    scene.clock.endWaits(2 * INTERVAL);
    await scene.waitForReports(2);
    scene.clock.endWaits(INTERVAL);
    await scene.waitForReports(3);
    expect(scene.clock.countWaits(2 * INTERVAL)).toBe(0);
    expect(scene.reports.at(-1)).toBe('group 10.0.0.1 unhealthy');
  });

  test('checks a new target again soon while it refuses connections, as its program may still be starting', async () => {
    const answers: Reachability[] = ['refused', 'refused'];
    const { reach } = await startTargetWithStatus(() => 200);
    const scene = new Scene(async () => answers.shift() ?? (await reach()), { startMs: 1_000 });
    scene.setTarget('10.0.0.1', 'initial');
    checker = startHealthChecker(scene.options);
    for (let retry = 1; retry <= 2; retry += 1) {
      await scene.clock.waitUntilPending(RETRY, 1);
      expect(scene.reports).toEqual([]);
      scene.clock.endWaits(RETRY);
    }
    await scene.waitForReports(1);
    expect(scene.reports).toEqual(['group 10.0.0.1 healthy']);
  });

  test('counts refused connections as failures once the program has had its time to start', async () => {
    const scene = new Scene(async () => 'refused', { startMs: 2 * RETRY });
    scene.setTarget('10.0.0.1', 'initial');
    checker = startHealthChecker(scene.options);
    for (let retry = 1; retry <= 2; retry += 1) {
      await scene.clock.waitUntilPending(RETRY, 1);
      scene.clock.endWaits(RETRY);
    }
    await scene.waitForReports(1);
    scene.clock.endWaits(INTERVAL);
    await scene.waitForReports(2);
    expect(scene.reports).toEqual(['group 10.0.0.1 initial', 'group 10.0.0.1 unhealthy']);
    expect(scene.clock.countWaits(RETRY)).toBe(0);
  });

  test('finds a new target when it next lists the targets, or immediately on a refresh', async () => {
    const { reach } = await startTargetWithStatus(() => 200);
    const scene = new Scene(reach);
    checker = startHealthChecker(scene.options);
    scene.setTarget('10.0.0.1', 'initial');
    scene.clock.endWaits(REFRESH_INTERVAL);
    await scene.waitForReports(1);
    scene.setTarget('10.0.0.2', 'initial');
    checker.refresh();
    await scene.waitForReports(2);
    expect(scene.reports).toEqual(['group 10.0.0.1 healthy', 'group 10.0.0.2 healthy']);
  });

  test('never runs two checks of a target at the same time', async () => {
    const sockets: unknown[] = [];
    const [accepted, finish] = [gate(), gate()];
    const { port } = await startTarget((request, response) => {
      sockets.push(request.socket);
      accepted.open();
      void finish.opened.then(() => response.end());
    });
    const scene = new Scene(async () => ({ host: '127.0.0.1', port }));
    scene.setTarget('10.0.0.1', 'initial');
    checker = startHealthChecker(scene.options);
    await accepted.opened;
    scene.clock.endWaits(INTERVAL);
    scene.clock.endWaits(REFRESH_INTERVAL);
    await scene.clock.waitUntilPending(REFRESH_INTERVAL, 1);
    checker.refresh();
    expect(scene.clock.countWaits(INTERVAL)).toBe(0);
    finish.open();
    await scene.waitForReports(2); // the interval ended during the check, so the next check starts immediately
    expect(sockets).toHaveLength(2);
  });

  test('does not report a target that is removed during a check', async () => {
    const accepted = gate();
    const closed = gate();
    const port = await startRawTarget((socket) => {
      socket.once('close', () => closed.open());
      accepted.open();
    });
    const scene = new Scene(async () => ({ host: '127.0.0.1', port }));
    scene.setTarget('10.0.0.1', 'initial');
    checker = startHealthChecker(scene.options);
    await accepted.opened;
    scene.removeTarget('10.0.0.1');
    checker.refresh();
    await closed.opened;
    expect(scene.reports).toEqual([]);
    expect(scene.clock.countWaits(INTERVAL)).toBe(0);
  });

  test('treats a re-registered target as new', async () => {
    let status = 503;
    const { reach } = await startTargetWithStatus(() => status);
    const scene = new Scene(reach);
    scene.setTarget('10.0.0.1', 'initial');
    checker = startHealthChecker(scene.options);
    await scene.waitForReports(1);
    scene.clock.endWaits(INTERVAL);
    await scene.waitForReports(2);
    scene.removeTarget('10.0.0.1');
    checker.refresh();
    status = 200;
    scene.setTarget('10.0.0.1', 'initial');
    checker.refresh();
    await scene.waitForReports(3);
    expect(scene.reports.map((report) => report.split(' ')[2])).toEqual(['initial', 'unhealthy', 'healthy']);
  });

  test.each<TargetView['state']>(['draining', 'unused', 'unavailable'])(
    'does not check a target that is %s',
    async (state) => {
      const { reach, requestCount } = await startTargetWithStatus(() => 200);
      const scene = new Scene(reach);
      scene.setTarget('10.0.0.1', state);
      scene.setTarget('10.0.0.2', 'initial');
      checker = startHealthChecker(scene.options);
      await scene.waitForReports(1);
      expect(scene.reports).toEqual(['group 10.0.0.2 healthy']);
      expect(requestCount()).toBe(1);
    },
  );

  test('reads the previous state from the world, so a healthy target needs consecutive failures to become unhealthy', async () => {
    const { reach } = await startTargetWithStatus(() => 500);
    const scene = new Scene(reach);
    scene.setTarget('10.0.0.1', 'healthy');
    scene.setTarget('10.0.0.2', 'unhealthy');
    checker = startHealthChecker(scene.options);
    await scene.waitForReports(2);
    expect([...scene.reports].sort()).toEqual(['group 10.0.0.1 healthy', 'group 10.0.0.2 unhealthy']);
  });

  test('checks the configured port but reports the port of the target', async () => {
    const checkedPorts: number[] = [];
    const { reach } = await startTargetWithStatus(() => 200);
    const scene = new Scene(
      (target) => {
        checkedPorts.push(target.port);
        return reach();
      },
      { port: 8081 },
    );
    scene.setTarget('10.0.0.1', 'initial');
    checker = startHealthChecker(scene.options);
    await scene.waitForReports(1);
    expect(checkedPorts).toEqual([8081]);
    expect(scene.group.targets).toEqual([{ id: '10.0.0.1', port: 5000, state: 'healthy' }]);
  });

  test('counts a check as failed when the target cannot be located', async () => {
    const scene = new Scene(() => Promise.reject(new Error('no such network')), { unhealthyThreshold: 1 });
    scene.setTarget('10.0.0.1', 'initial');
    checker = startHealthChecker(scene.options);
    await scene.waitForReports(1);
    expect(scene.reports).toEqual(['group 10.0.0.1 unhealthy']);
  });

  test('can be stopped during a check and reports nothing afterwards', async () => {
    const accepted = gate();
    const port = await startRawTarget(() => accepted.open());
    const scene = new Scene(async () => ({ host: '127.0.0.1', port }));
    scene.setTarget('10.0.0.1', 'initial');
    const running = startHealthChecker(scene.options);
    await accepted.opened;
    await running.stop();
    running.refresh();
    expect(scene.reports).toEqual([]);
    expect(scene.clock.countWaits(INTERVAL) + scene.clock.countWaits(REFRESH_INTERVAL)).toBe(0);
  });

  test('uses real time by default', async () => {
    const { reach } = await startTargetWithStatus(() => 200);
    const scene = new Scene(reach, { intervalMs: 20 });
    const { groups, report } = scene.options;
    checker = startHealthChecker({ groups, report });
    scene.setTarget('10.0.0.1', 'initial');
    await scene.waitForReports(3);
    expect(scene.reports).toHaveLength(3);
  });
});
