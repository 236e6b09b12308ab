// The look for images: every source folder that cannot be built is reported.
import { DescribeRepositoriesCommand, ListTagsForResourceCommand } from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { errorsIn } from '../../../../lib/engine/concurrent.ts';
import { lookImages } from '../../../../lib/look/images.ts';
import { explainWithAllCauses } from '../../../../lib/run/failures.ts';
import { problem } from '../../../../lib/model/problem.ts';
import { lookContextOf, mocks } from '../../step-harness.ts';

test('the look fails with the cause of every build that failed, each in its own words', async () => {
  mocks.ecr.on(DescribeRepositoriesCommand).resolves({}).on(ListTagsForResourceCommand).resolves({});
  const cannotBuild = (key: string) =>
    problem('BUNDLE', { what: `${key} cannot be bundled.`, why: `${key} is wrong`, now: 'n', fix: [key] });
  const context = lookContextOf();
  const builds = { ...context.builds, of: (key: string) => Promise.reject(cannotBuild(key)) };
  const error: unknown = await lookImages({ ...context, builds }).catch((thrown: unknown) => thrown);
  expect(errorsIn(error)).toHaveLength(2);
  const situation = {
    doing: 'the survey',
    region: 'eu-west-1',
    command: 'npm run provision',
    mayHaveChanged: false,
  };
  expect(explainWithAllCauses(error, situation)).toMatchObject({
    code: 'STEPS_FAILED',
    what: '2 parts of the run failed.',
    why: 'web-api1 cannot be bundled. web-api1 is wrong\nweb-api2 cannot be bundled. web-api2 is wrong',
    fix: ['web-api1', 'web-api2'],
  });
});
