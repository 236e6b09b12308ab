// The survey: in which order it asks, and which failure it tells.
import { beforeEach, expect, test } from '@jest/globals';
import { survey } from '../../../../lib/engine/survey.ts';
import { awsError, mocks, lookContextOf } from '../../step-harness.ts';

let asked: string[];
beforeEach(() => {
  asked = [];
  for (const mock of Object.values(mocks))
    mock.send.callsFake(({ constructor }: { constructor: { name: string } }) => {
      asked.push(constructor.name);
      throw awsError('AccessDeniedException', constructor.name);
    });
});

test('it asks first for what takes longest, and goes on with other work when all is asked for', async () => {
  let surveying: Promise<unknown> = Promise.resolve();
  const all = new Promise<string[]>((begun) => {
    surveying = survey(lookContextOf(), undefined, () => begun([...asked]));
  });
  await expect(surveying).rejects.toThrow('DescribeAvailabilityZonesCommand');
  expect(await all).toEqual(asked);
  expect(asked[0]).toBe('ListHostedZonesCommand');
  expect(asked).toContain('DescribeVpcsCommand');
});

test('of several failures it tells the first in the order of the architecture, and asks for nothing else', async () => {
  await expect(survey(lookContextOf(), ['record', 'vpc'])).rejects.toThrow('DescribeVpcsCommand');
  expect(asked).toEqual(['ListHostedZonesCommand', 'DescribeVpcsCommand']);
});
