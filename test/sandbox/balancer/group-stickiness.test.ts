// Sticky rules: the load balancer's cookies keep a client with its target group.
import { expect, test } from '@jest/globals';
import {
  ask,
  defaultRule,
  echo,
  FakeWorld,
  GROUP,
  open,
  startTarget,
  type Echo,
  type Reply,
} from './targets.ts';

const NEW_GROUP = GROUP.replace('api1', 'api2');

/** A rule that forwards to two groups by weight, and remembers the group of a client for a second. */
async function switchScene() {
  const world = new FakeWorld();
  world.register('10.0.0.1', (await startTarget(echo('old'))).port);
  world.register('10.0.0.2', (await startTarget(echo('new'))).port, 'healthy', NEW_GROUP);
  const weigh = (oldWeight: number, newWeight: number) => {
    world.currentRules = [
      defaultRule({
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: GROUP, Weight: oldWeight },
            { TargetGroupArn: NEW_GROUP, Weight: newWeight },
          ],
          TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 1 },
        },
      }),
    ];
  };
  weigh(1, 0);
  const { port } = await open(world, { draw: () => 0 });
  const request = (cookie = '') => ask(port, '/', cookie === '' ? {} : { headers: { cookie } });
  return { world, weigh, request };
}
const nameOf = ({ body }: Reply) => (JSON.parse(body) as Echo).name;
const jar = ({ headers }: Reply): string =>
  (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');

test('a client stays with its group for the duration, also if the weight of the group becomes 0', async () => {
  const { world, weigh, request } = await switchScene();
  const first = await request();
  expect(jar(first)).toMatch(/^AWSALBTG=[\w+/=]+; AWSALBTGCORS=[\w+/=]+$/);
  weigh(0, 1);
  const second = await request(jar(first));
  expect([nameOf(first), nameOf(second)]).toEqual(['old', 'old']);
  expect(nameOf(await request())).toBe('new');
  world.elapsedMs = 1_000;
  const third = await request(jar(first));
  expect(nameOf(third)).toBe('new');
});

test('the cookie is set when a group is chosen, not with each response', async () => {
  const { request } = await switchScene();
  expect(jar(await request(jar(await request())))).toBe('');
});

test('a client whose group has no targets left gets another group', async () => {
  const { world, weigh, request } = await switchScene();
  const first = await request();
  weigh(0, 1);
  world.groups[GROUP] = [];
  expect(nameOf(await request(jar(first)))).toBe('new');
});

test('a cookie for a group that the rule no longer names does not count', async () => {
  const { world, request } = await switchScene();
  const first = await request();
  world.currentRules = [defaultRule({ Type: 'forward', TargetGroupArn: NEW_GROUP })];
  expect(nameOf(await request(jar(first)))).toBe('new');
});

test('target and group are remembered side by side', async () => {
  const { world, request } = await switchScene();
  world.register('10.0.0.3', (await startTarget(echo('other old'))).port);
  world.groupAttributes = { 'stickiness.enabled': 'true', 'stickiness.type': 'lb_cookie' };
  const first = await request();
  expect(jar(first)).toMatch(/^AWSALBTG=.*; AWSALBTGCORS=.*; AWSALB=.*; AWSALBCORS=/);
  for (let turn = 0; turn < 3; turn += 1) expect(nameOf(await request(jar(first)))).toBe(nameOf(first));
});
