// The causes of tasks that do not start, from AWS's exact messages.
import { expect, test } from '@jest/globals';
import { findCause } from '../../../../lib/diagnosis/cause.ts';
import { containerFacts, exitedTask, factsWith, serviceWith, taskWith } from './facts.ts';

const START =
  'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';
const REPO = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:2';
const BASE = 'ResourceInitializationError: unable to pull secrets or registry auth: ';
const NO_RIGHT =
  'api error AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/shop/1 is not authorized to perform: ';

test.each<[reason: string, what: string, isPermanent: boolean]>([
  [
    `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${REPO}: ${REPO}: not found`,
    `the image ${REPO} does not exist`,
    true,
  ],
  [
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
    'the image of api has no variant for linux/amd64',
    true,
  ],
  [
    'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/library/shop:1: failed to do request: Head "https://registry-1.docker.io/v2/library/shop/manifests/1": dial tcp 3.94.1.1:443: i/o timeout',
    'the tasks have no way out of the network, so they reach neither the registry nor AWS',
    false,
  ],
  [
    `${BASE}The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration.`,
    'the tasks have no way out of the network, so they reach neither the registry nor AWS',
    false,
  ],
  [
    "The task can't pull the image. Check that the role has the permissions to pull images from the registry.",
    'the execution role lacks the permissions to pull images',
    true,
  ],
  [
    `${BASE}unable to retrieve ecr registry auth: service call has been retried 1 time(s): operation error ECR: GetAuthorizationToken, https response error StatusCode: 400, RequestID: 1, ${NO_RIGHT}ecr:GetAuthorizationToken on resource: * because no identity-based policy allows it`,
    'the execution role lacks the permission ecr:GetAuthorizationToken',
    true,
  ],
  [
    'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
    'the log group /slipway/shop-dev does not exist',
    true,
  ],
  [
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): toomanyrequests: Too Many Requests',
    'the registry refuses more pulls of its image for now: its rate limit is reached',
    false,
  ],
  [
    `CannotPullContainerError: failed to resolve ref gone.example.com/shop:1: dial tcp: lookup gone.example.com on 10.0.0.2:53: no such host`,
    'the registry of the image of api does not exist: its image',
    true,
  ],
  [
    `${START}exec: "nodee": executable file not found in $PATH: unknown`,
    'the image of api contains no `nodee`',
    true,
  ],
  [
    `${START}exec: "/run": stat /run: no such file or directory: unknown`,
    'the image of api contains no `/run`',
    true,
  ],
  [`${START}exec: "/run": permission denied: unknown`, '`/run` in the image of api is not executable', true],
])('%s', (reason, what, isPermanent) => {
  const containers = [containerFacts(reason.startsWith('CannotStart') ? { reason } : {})];
  const stoppedReason = reason.startsWith('CannotStart') ? 'Task failed to start' : reason;
  const task = taskWith({ stopCode: 'TaskFailedToStart', stoppedReason, containers });
  const cause = findCause(factsWith({ tasks: [task] }));
  expect(cause).toMatchObject({ what, isPermanent });
  expect(cause?.evidence).toEqual([reason]);
  expect(cause?.fix.length).toBeGreaterThan(0);
  // The same message in an event of the service leads to the same cause.
  if (stoppedReason === reason)
    expect(findCause(factsWith({ events: [`was unable to place a task. Reason: ${reason}`] }))?.what).toBe(
      what,
    );
});

test('of several containers, the cause names the one whose image the message contains', () => {
  const service = serviceWith();
  const [api] = service.containers;
  const reference = 'docker.io/library/gone:1';
  const containers = [api, { ...api, name: 'proxy', image: { reference } }] as typeof service.containers;
  const stoppedReason = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reference}: not found`;
  const facts = factsWith({
    service: { ...service, containers },
    tasks: [taskWith({ stopCode: 'TaskFailedToStart', stoppedReason, containers: [] })],
  });
  expect(findCause(facts)).toMatchObject({
    container: 'proxy',
    fix: ['Correct image of proxy, or push the image.'],
  });
});

test.each([
  [
    "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently",
    /quota of Fargate vCPUs/,
  ],
  ['was unable to place a task. Reason: Capacity is unavailable at this time.', /no capacity/],
  [
    "failed to launch a task with (error ECS was unable to assume the role 'arn:role')",
    /cannot assume a role/,
  ],
])('%s', (event, what) => {
  expect(findCause(factsWith({ events: [event] }))?.what).toMatch(what);
});

test('an event without a cause does not hide what a task tells', () => {
  const events = ['was unable to place a task. Reason: Task failed to start.'];
  expect(findCause(factsWith({ events }))?.what).toBe('api could not be started');
  expect(findCause(factsWith({ events, tasks: [exitedTask(3)] }))?.what).toMatch(/^api exited with code 3/);
});

test('facts without a failure have no cause', () => {
  expect(findCause(factsWith({ tasks: [taskWith()] }))).toBeUndefined();
});
