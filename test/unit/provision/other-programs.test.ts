// The plan says which containers have no access to the internet on the sandbox.
import { expect, test } from '@jest/globals';
import type { Config } from '../../../lib/config/config.ts';
import { otherProgramEvents } from '../../../provision/other-programs.ts';
import { change } from '../engine-harness.ts';
import { config } from '../step-harness.ts';

/** The configuration with containers without Node. */
function stackOf(names: readonly string[], target: Config['target'] = 'sandbox'): Config {
  const stack = config({ target });
  return {
    ...stack,
    services: stack.services.map((service) => ({
      ...service,
      name: 'web',
      containers: service.containers.map((container) =>
        names.includes(container.key) ? { ...container, lacksNode: true } : container,
      ),
    })),
  };
}
const deployment = [change('taskDefinitions', 'web', 'create')];

test('containers without Node are named once, if their service is deployed to the sandbox', () => {
  expect(otherProgramEvents(stackOf(['web-api1']), deployment)).toEqual([
    {
      type: 'note',
      text: 'on the sandbox, web-api1 runs in a container runtime, without access to the internet',
    },
  ]);
  expect(otherProgramEvents(stackOf(['web-api1', 'web-api2']), deployment)).toMatchObject([
    { text: expect.stringMatching(/web-api1 and web-api2 run in/) },
  ]);
});

test('there is no note on AWS, about Node programs, and about services that stay as they are', () => {
  expect(otherProgramEvents(stackOf(['web-api1'], 'aws'), deployment)).toEqual([]);
  expect(otherProgramEvents(stackOf([]), deployment)).toEqual([]);
  expect(otherProgramEvents(stackOf(['web-api1']), [])).toEqual([]);
  expect(otherProgramEvents(stackOf(['web-api1']), [change('taskDefinitions', 'web', 'remove')])).toEqual([]);
});
