// The one container that a name stands for.
import { expect, test } from '@jest/globals';
import { containerNamed } from '../../../../lib/run/one-container.ts';
import { config } from '../../step-harness.ts';

const [web] = config().services;
if (!web) throw new Error('no service');
const stack = {
  services: [
    web,
    { ...web, name: 'jobs', containers: web.containers.slice(0, 1) },
    { ...web, name: 'solo', containers: web.containers.slice(1).map((one) => ({ ...one, name: 'only' })) },
  ],
};

test.each([
  ['api2', 'web', 'api2'],
  ['web/api1', 'web', 'api1'],
  ['jobs/api1', 'jobs', 'api1'],
  ['solo', 'solo', 'only'],
])('%s is one container', (name, service, container) => {
  expect(containerNamed(stack, name)).toMatchObject({
    service: { name: service },
    container: { name: container },
  });
});

test.each([
  ['api1', 'api1 is more than one container.', 'Name one of them, such as web/api1.'],
  ['web', 'web is more than one container.', 'Name one of them, such as web/api1.'],
  [
    'apl2',
    'There is no container or service apl2.',
    'Name one of these, or add the container to slipway.config.ts.',
  ],
])('%s is a mistake', (name, what, fix) => {
  expect(() => containerNamed(stack, name)).toThrow(
    expect.objectContaining({ code: 'ARGUMENTS', what, fix: [fix] }),
  );
});
