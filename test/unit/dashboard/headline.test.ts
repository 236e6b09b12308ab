// The sentence at the top of the page says what runs, and whether it is healthy.
import { describe, expect, test } from '@jest/globals';
import { headlineOf } from '../../../dashboard/page/headline.js';
import type { Facts, PageState, Service, Task } from '../../../dashboard/page/state.js';

const hello = { stack: 'shop-dev', target: 'aws', region: 'eu-west-1', views: [], requestsEveryMs: 1000 };

const service = (name: string, more: Partial<Service> = {}): Service => ({
  ...{
    service: name,
    revision: 4,
    desired: 2,
    running: 2,
    deployment: 'completed',
    warnings: [],
    healthy: true,
  },
  ...more,
});

const stateOf = (services: Service[], more: Partial<PageState> = {}): PageState => ({
  hello,
  status: {
    status: {
      ...({ resources: 30, routes: [], events: [], records: [], deployments: [] } as unknown as Facts),
      services,
      tasks: ['RUNNING', 'RUNNING', 'RUNNING', 'RUNNING', 'STOPPED'].map((status) => ({ status }) as Task),
    },
  },
  ...more,
});

describe('the headline', () => {
  test('counts services, tasks and requests', () => {
    const state = stateOf([service('web'), service('api')], {
      requests: { perSecond: { web: 7.5, api: 4.5 } },
    });
    expect(headlineOf(state)).toMatchObject({
      condition: 'ok',
      text: 'shop-dev is healthy: 2 of 2 services, 4 tasks, 12 requests/s',
      spoken: 'shop-dev is healthy: 2 of 2 services',
    });
  });

  test('leaves requests out while they are not known', () => {
    expect(headlineOf(stateOf([service('web')])).text).toBe('shop-dev is healthy: 1 of 1 service, 4 tasks');
  });

  test('names the revision that is being deployed', () => {
    const state = stateOf([service('web', { deployment: 'in progress', healthy: false })]);
    const newest = { service: 'web', revision: 5, isNewest: true, desired: 2, running: 1 };
    Object.assign(state.status?.status ?? {}, { deployments: [newest] });
    expect(headlineOf(state)).toMatchObject({
      condition: 'busy',
      text: 'shop-dev is deploying: revision 5 of web runs in 1 of 2 tasks, 4 tasks',
    });
  });

  test('says that the stack is unhealthy, also while another service is being deployed', () => {
    const state = stateOf([
      service('web', { healthy: false, warnings: ['its tasks stop'] }),
      service('api', { healthy: false, deployment: 'in progress' }),
    ]);
    expect(headlineOf(state)).toMatchObject({
      condition: 'bad',
      text: 'shop-dev is unhealthy: 0 of 2 services work, 4 tasks',
    });
  });

  test.each(['NO_STACK', 'SANDBOX_STOPPED'])('is one calm sentence for %s', (code) => {
    const notice = { code, what: 'The sandbox is not running.', why: '', fix: [] };
    const state = stateOf([service('web')], { status: { notice } });
    expect(headlineOf(state)).toMatchObject({ condition: 'idle', text: 'The sandbox is not running' });
  });

  test('does not claim health from data that is old', () => {
    const state = stateOf([service('web')]);
    const notice = { code: 'CREDENTIALS', what: 'AWS no longer accepts the credentials.', why: '', fix: [] };
    Object.assign(state.status ?? {}, { notice });
    expect(headlineOf(state)).toMatchObject({
      condition: 'busy',
      text: 'shop-dev: AWS no longer accepts the credentials',
    });
  });

  test('describes a sandbox on its own page', () => {
    const contents = { resources: { 'ec2.vpcs': 1, 'ecs.tasks': 2 }, faults: [], weatherName: 'calm' };
    const state = {
      hello: { ...hello, kind: 'sandbox' },
      sandbox: contents as unknown as PageState['sandbox'],
    };
    expect(headlineOf(state)).toMatchObject({
      condition: 'ok',
      text: 'The sandbox is running: 3 resources, calm weather',
    });
  });
});
