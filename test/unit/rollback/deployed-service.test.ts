// The service after a rollback: its containers are those of the revision, and its paths are those of the rules.
import { expect, test } from '@jest/globals';
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { FoundService } from '../../../lib/look/services.ts';
import { checkPorts, serviceAfterRollback } from '../../../rollback/deployed-service.ts';
import { config, surveyOf } from '../step-harness.ts';

const existing = {
  loadBalancers: ['api1:5000 → arn:blue or arn:green, by arn:rule as arn:role'],
  desiredCount: 3,
  graceSeconds: 5,
} as unknown as FoundService;
const definition: TaskDefinition = {
  cpu: '256',
  memory: '512',
  containerDefinitions: [
    { name: 'api1', image: 'api1@sha256:1', portMappings: [{ containerPort: 5000 }] },
    { name: 'proxy', image: 'proxy@sha256:2', essential: false },
  ],
};
const rule = { paths: ['/api1', '/api1/*'], targetGroupArn: 'arn:green' };
const { rules } = surveyOf({ rules: { 'web-api1': rule } } as unknown as Parameters<typeof surveyOf>[0]);

test.each([
  ['with its configuration', config().services],
  ['that the configuration no longer has', []],
])('describes a service %s', (_which, services) => {
  const { service, targetGroups } = serviceAfterRollback({ services }, 'web', existing, definition, {
    rules,
  });
  expect(service).toMatchObject({ name: 'web', cpu: 256, memory: 512, count: 3 });
  expect(service.containers).toMatchObject([
    { key: 'web-api1', port: 5000, path: '/api1', image: { reference: 'api1@sha256:1' } },
    { key: 'web-proxy', path: undefined, essential: false },
  ]);
  // The tasks of the restored revision join the alternate group if the other one gets the requests.
  expect([...targetGroups]).toEqual([
    ['web-api1', { targetGroupArn: 'arn:blue' }],
    ['web-api1.alternate', { targetGroupArn: 'arn:green' }],
  ]);
});

test.each<[string, TaskDefinition, string]>([
  [
    'a container is missing',
    { containerDefinitions: [{ name: 'other' }] },
    'Revision 2 has no container api1.',
  ],
  [
    'a port differs',
    { containerDefinitions: [{ name: 'api1', portMappings: [{ containerPort: 80 }] }] },
    'The load balancer sends requests to port 5000 of api1, which has the port 80 in revision 2.',
  ],
  [
    'there is no port',
    { containerDefinitions: [{ name: 'api1' }] },
    'The load balancer sends requests to port 5000 of api1, which has no port in revision 2.',
  ],
])('a revision is refused if %s', (_why, other, why) => {
  expect(() => checkPorts('web', 2, existing, other)).toThrow(
    expect.objectContaining({ code: 'ROLLBACK_REFUSED', why, now: 'Nothing was changed.' }),
  );
  expect(() => checkPorts('web', 2, existing, definition)).not.toThrow();
});
