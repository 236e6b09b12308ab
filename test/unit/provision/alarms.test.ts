// The checks of alarms that can roll back a deployment.
import { expect, test } from '@jest/globals';
import { alarmEvents, checkAlarms } from '../../../provision/alarms.ts';
import { config, ROLLING } from '../step-harness.ts';

const stackWith = (...alarms: string[]) =>
  config({ services: config().services.map((service) => ({ ...service, deploy: { ...ROLLING, alarms } })) });
const found = (states: Record<string, string>) => ({
  alarms: new Map(Object.entries(states).map(([name, state]) => [name, { state }])),
});

test('every alarm that does not exist is reported', () => {
  expect(() => checkAlarms(stackWith('a', 'b', 'c'), found({ b: 'OK' }))).toThrow(
    expect.objectContaining({
      code: 'ALARM',
      why: [
        'services.web.deploy.alarms: CloudWatch has no alarm called a in eu-west-1.',
        'services.web.deploy.alarms: CloudWatch has no alarm called c in eu-west-1.',
      ].join('\n'),
    }),
  );
});

test('existing alarms pass, and without alarms nothing is checked', () => {
  checkAlarms(stackWith('a'), found({ a: 'INSUFFICIENT_DATA' }));
  checkAlarms(stackWith(), { alarms: undefined });
});

test('an alarm that has gone off is a warning; one in another state is not', () => {
  expect(
    alarmEvents(stackWith('a', 'b', 'c'), found({ a: 'OK', b: 'ALARM', c: 'INSUFFICIENT_DATA' })),
  ).toEqual([
    { type: 'warning', text: expect.stringMatching(/^the alarm b of web has already gone off/) as unknown },
  ]);
});
