// The causes of programs that end, that listen elsewhere, or that fail their health checks.
import { describe, expect, test } from '@jest/globals';
import { findCause } from '../../../../lib/diagnosis/cause.ts';
import type { Listener, TargetFacts } from '../../../../lib/diagnosis/facts.ts';
import { containerFacts, exitedTask, factsWith, serviceWith, taskWith } from './facts.ts';

describe('a deployment that an alarm ended', () => {
  const alarms = ['shop-5xx', 'shop-slow'];

  test('the cause names the alarms', () => {
    expect(findCause(factsWith({ alarms, tasks: [taskWith()] }))).toMatchObject({
      what: 'the alarms shop-5xx, shop-slow went off',
      fix: [
        'See why each went off: aws cloudwatch describe-alarm-history --alarm-name shop-5xx',
        'Correct the new version, or remove the alarms from deploy.alarms of web.',
      ],
      isPermanent: false,
    });
  });

  test('a program that exited explains the alarms', () => {
    expect(findCause(factsWith({ alarms, tasks: [exitedTask(1)] }))?.what).toBe(
      'api exited with code 1 and logged nothing',
    );
  });
});

describe('a program that ended', () => {
  test.each<[log: string[], exitCode: number, what: string]>([
    [[], 1, 'api exited with code 1 and logged nothing'],
    [['bye'], 0, 'api exited with code 0: a service must keep running'],
    [['Error: no database'], 3, 'api exited with code 3: Error: no database'],
    [
      ['Error: DATABASE_URL is not set'],
      1,
      'api exited with code 1: the environment variable DATABASE_URL is not set',
    ],
    [
      ['Error: listen EADDRINUSE: address already in use 0.0.0.0:9000'],
      1,
      'api cannot listen on port 9000: the port is taken, and port of api is 5000',
    ],
    [
      ['Error: listen EACCES: permission denied 0.0.0.0:80'],
      1,
      'api may not listen on port 80: only root may use ports below 1024',
    ],
    [
      ["Error: EACCES: permission denied, open '/etc/shop.conf'"],
      1,
      'api may not access /etc/shop.conf as user 1000:1000',
    ],
    [
      ["Error: EROFS: read-only file system, open './cache.json'"],
      1,
      'api writes to ./cache.json, which is read-only',
    ],
    [
      ["OSError: [Errno 30] Read-only file system: '/app/cache'"],
      1,
      'api writes to /app/cache, which is read-only',
    ],
    [['Error: ENOSPC: no space left on device, write'], 1, 'api filled the disk of its task (20 GiB)'],
    [['exec /app/server: exec format error'], 1, 'the program of api is not built for linux/amd64'],
    [
      ["ModuleNotFoundError: No module named 'flask'"],
      1,
      'api exited with code 1: its image contains no module `flask`',
    ],
    [['sh: 1: gunicorn: not found'], 127, 'the image of api contains no `gunicorn`'],
    [[], 139, 'api was killed by SIGSEGV: it accessed invalid memory (exit code 139)'],
    [
      [],
      137,
      'api was killed (exit code 137), usually because it used more than the 512 MiB of memory that a task of web has',
    ],
  ])('log %j and exit code %i', (log, exitCode, what) => {
    const facts = factsWith({
      service: serviceWith({ user: '1000:1000' }),
      tasks: [exitedTask(exitCode, { log })],
    });
    expect(findCause(facts)).toMatchObject({ what, container: 'api' });
  });

  test('the same exit code twice is permanent, and once or with another code is not', () => {
    const causeOf = (...codes: number[]) =>
      findCause(factsWith({ tasks: codes.map((code, index) => exitedTask(code, {}, String(index))) }));
    expect(causeOf(1)?.isPermanent).toBe(false);
    expect(causeOf(1, 2)?.isPermanent).toBe(false);
    expect(causeOf(1, 1)?.isPermanent).toBe(true);
    expect(causeOf(0, 0)?.isPermanent).toBe(true);
  });

  test('a memory limit that ECS reports is permanent, and takes precedence over an error in the log', () => {
    const reason = 'OutOfMemoryError: Container killed due to memory usage';
    expect(findCause(factsWith({ tasks: [exitedTask(137, { reason, log: ['Error: x'] })] }))).toMatchObject({
      what: 'api ran out of memory: the tasks of web have 512 MiB',
      fix: ['Increase memory of web, or make api use less.'],
      isPermanent: true,
    });
  });

  test('an inessential container is not responsible for the end of a task', () => {
    const service = serviceWith();
    const [api] = service.containers;
    const containers = [api, { ...api, name: 'agent', essential: false }] as typeof service.containers;
    const task = exitedTask(1);
    const tasks = [
      { ...task, containers: [containerFacts({ name: 'agent', exitCode: 9 }), ...task.containers] },
    ];
    expect(findCause(factsWith({ service: { ...service, containers }, tasks }))?.container).toBe('api');
  });
});

/** Returns the cause for a target that fails its checks while its program listens somewhere. */
function causeOfTarget(
  reason: 'Target.FailedHealthChecks' | 'Target.Timeout' | 'Target.ResponseCodeMismatch',
  description: string,
  listeners?: readonly Listener[],
  {
    log,
    service = serviceWith(),
    seconds = 90,
  }: { log?: string[]; service?: ReturnType<typeof serviceWith>; seconds?: number } = {},
) {
  const target: TargetFacts = { container: 'api', taskId: '1', state: 'unhealthy', reason, description };
  const tasks = [taskWith({ containers: [containerFacts({ listeners, log })] }, seconds)];
  return findCause(factsWith({ service, tasks, targets: [target] }));
}
const REFUSED = ['Target.FailedHealthChecks', 'Health checks failed'] as const;
const at = (address: string, port: number | undefined): Listener => ({ address, port });

describe('a program that listens elsewhere', () => {
  test.each<[string, Listener[], string, boolean]>([
    ['another port', [at('0.0.0.0', 5001)], 'api listens on 5001 but port is 5000', true],
    ['a loopback address', [at('127.0.0.1', 5000)], 'api listens on 127.0.0.1 only', true],
    ['a loopback address of IPv6', [at('::1', 5000)], 'api listens on ::1 only', true],
    [
      'a Unix socket',
      [at('/run/api.sock', undefined)],
      'api listens on the Unix socket /run/api.sock only, and not on port 5000',
      true,
    ],
    ['no port', [], 'nothing listens on port 5000 of api 90 s after it started', true],
    [
      'its port, with another protocol',
      [at('::', 5000)],
      'api listens on 5000 but does not speak HTTP there',
      true,
    ],
  ])('it listens on %s', (_, listeners, what, isPermanent) => {
    expect(causeOfTarget(...REFUSED, listeners)).toMatchObject({ what, isPermanent });
  });

  test('the fix names PORT if the configuration sets it', () => {
    const service = serviceWith({ environment: { PORT: '5001' } });
    expect(causeOfTarget(...REFUSED, [at('0.0.0.0', 5001)], { service })?.fix).toEqual([
      'Remove PORT from environment of api, or set port of api to 5001.',
    ]);
  });

  test.each([
    ['listening on 5001', 'api listens on 5001 but port is 5000'],
    ['Server running at http://127.0.0.1:5000/', 'api listens on 127.0.0.1 only'],
    [
      'INFO: Uvicorn running on http://127.0.0.1:5000 (Press CTRL+C to quit)',
      'api listens on 127.0.0.1 only',
    ],
    ['Tomcat started on port 8080 (http)', 'api listens on 8080 but port is 5000'],
    ['{"level":30,"msg":"Server listening at http://0.0.0.0:3000"}', 'api listens on 3000 but port is 5000'],
  ])('on AWS, its log says so: %s', (line, what) => {
    expect(causeOfTarget(...REFUSED, undefined, { log: [line] })?.what).toBe(what);
  });

  test.each<[string, Listener[]]>([
    ['not yet', []],
    ['on another port first, such as that of metrics', [at('0.0.0.0', 9090)]],
    ['on a Unix socket first', [at('/run/api.sock', undefined)]],
    ['on its port since a moment', [at('0.0.0.0', 5000)]],
  ])('a program that may still be starting can listen %s, which is not permanent', (_, listeners) => {
    expect(causeOfTarget(...REFUSED, listeners, { seconds: 20 })?.isPermanent).toBe(false);
  });

  test('a task that fails the check of a container does not fail that of the load balancer, which sees it end', () => {
    const [api] = serviceWith().containers;
    const worker = { ...api, name: 'worker', key: 'web-worker', port: 7000, path: undefined };
    const service = serviceWith(
      {},
      { containers: [api, worker] as ReturnType<typeof serviceWith>['containers'] },
    );
    const target: TargetFacts = {
      ...{ container: 'api', taskId: '1', state: 'unhealthy' },
      ...{ reason: REFUSED[0], description: REFUSED[1] },
    };
    const containers = [
      containerFacts({ listeners: [at('0.0.0.0', 5000)] }),
      containerFacts({ name: 'worker', healthStatus: 'UNHEALTHY' }),
    ];
    const stoppedReason = 'Task failed container health checks';
    const task = taskWith({ stopCode: 'ServiceSchedulerInitiated', stoppedReason, containers });
    expect(findCause(factsWith({ service, tasks: [task], targets: [target] }))?.what).toMatch(
      /^worker fails its own health check/,
    );
  });

  test('a target that has become healthy since ECS reported it is not a cause', () => {
    const event =
      '(service web) (port 5000) is unhealthy in (target-group shop-dev-web-api-1a2b) due to (reason Health checks failed).';
    const healthy: TargetFacts = {
      ...{ container: 'api', taskId: undefined, state: 'healthy' },
      ...{ reason: undefined, description: undefined },
    };
    expect(findCause(factsWith({ events: [event] }))).toBeDefined();
    expect(findCause(factsWith({ events: [event], targets: [healthy] }))).toBeUndefined();
  });

  test('a task that still starts when its short grace period is over had too little of it', () => {
    const service = serviceWith({}, { graceSeconds: 0 });
    expect(causeOfTarget(...REFUSED, [], { service, seconds: 2 })).toMatchObject({
      what: 'api was not ready 2 s after it started, and graceSeconds is 0',
      isPermanent: true,
    });
  });

  test('a port that a variable sets is permanent even while the program is starting', () => {
    const service = serviceWith({ environment: { PORT: '5001' } });
    const cause = causeOfTarget(...REFUSED, [at('0.0.0.0', 5001)], { service, seconds: 20 });
    expect(cause?.isPermanent).toBe(true);
  });

  test('a task that ECS stopped before the program was ready had too little grace', () => {
    const stoppingAt = new Date(Date.UTC(2026, 0, 1, 12) - 78_000);
    const task = taskWith({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason:
        'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop-dev-web-api-1a2b/01)',
      stoppingAt,
    });
    const facts = factsWith({ service: serviceWith({}, { graceSeconds: 0 }), tasks: [task] });
    expect(findCause(facts)).toMatchObject({
      what: 'api was not ready 12 s after it started, and graceSeconds is 0',
      fix: [
        'Set graceSeconds of web to more seconds than api needs before it listens on port 5000.',
        'If api listens elsewhere or not at all, make it listen on 0.0.0.0:5000.',
      ],
    });
  });
});

describe('a program that fails its health check', () => {
  const mismatch = (code: number, seconds = 90) =>
    causeOfTarget(
      'Target.ResponseCodeMismatch',
      `Health checks failed with these codes: [${code}]`,
      [at('::', 5000)],
      { seconds },
    );

  test.each([
    [404, 'GET /healthz of api answers 404, expected 200-299: correct health.path or health.matcher'],
    [301, 'GET /healthz of api answers 301, expected 200-299: correct health.path or health.matcher'],
    [500, 'GET /healthz of api answers 500, expected 200-299'],
  ])('status %i', (code, what) => {
    expect(mismatch(code)).toMatchObject({ what, isPermanent: true });
  });

  test('a status with which programs say that they are not ready yet is permanent only after the grace period', () => {
    expect(mismatch(503, 20)?.isPermanent).toBe(false);
    expect(mismatch(503, 61)?.isPermanent).toBe(true);
    expect(mismatch(500, 20)?.isPermanent).toBe(true);
  });

  test('an event of ECS is enough, since the load balancer forgets targets', () => {
    const event =
      '(task 1) (port 5000) is unhealthy in (target-group shop-dev-web-api-1a2b) due to (reason Health checks failed with these codes: [404]).';
    expect(findCause(factsWith({ events: [event], tasks: [taskWith()] }))?.what).toMatch(/answers 404/);
    expect(
      findCause(factsWith({ events: [event.replace('task 1', 'task 0')], tasks: [taskWith()] })),
    ).toBeUndefined();
  });

  test('a slow answer names the timeout', () => {
    expect(causeOfTarget('Target.Timeout', 'Request timed out', [at('::', 5000)])).toMatchObject({
      what: 'api does not answer GET /healthz on port 5000 within 5 s (health.timeoutSeconds)',
      isPermanent: true,
    });
  });

  test('a container without a path fails the check of ECS', () => {
    const tasks = [
      taskWith({
        containers: [
          containerFacts({
            healthStatus: 'UNHEALTHY',
            listeners: [at('::', 5000)],
            log: ['queue unreachable'],
          }),
        ],
      }),
    ];
    expect(findCause(factsWith({ service: serviceWith({ path: undefined }), tasks }))).toMatchObject({
      what: 'api fails its own health check: GET /healthz on port 5000 does not answer 200-299',
      evidence: ['ECS reports the container api as UNHEALTHY', 'api logged:', '  queue unreachable'],
    });
  });
});

test('a port that the security group closes explains a timeout', () => {
  const target = {
    container: 'api',
    taskId: '1',
    state: 'unhealthy',
    reason: 'Target.Timeout',
    description: 'Request timed out',
  };
  const facts = factsWith({ tasks: [taskWith()], targets: [target] });
  expect(findCause({ ...facts, network: { hasWayOut: true, closedPorts: [5000] } })).toMatchObject({
    what: 'the security group of web lets nothing through to port 5000 of api',
    isPermanent: true,
  });
  expect(findCause({ ...facts, network: { hasWayOut: true, closedPorts: [] } })?.what).toMatch(
    /does not answer GET \S+ on port 5000 within 5 s/,
  );
});
