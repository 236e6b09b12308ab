// The report of failed steps: it names every cause once, and no consequences.
import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../../lib/engine/graph.ts';
import type { Noun } from '../../../../lib/model/architecture.ts';
import { problem, type Problem } from '../../../../lib/model/problem.ts';
import { SeveralErrors } from '../../../../lib/engine/concurrent.ts';
import { throwFailures, interrupted } from '../../../../lib/run/failures.ts';
import type { Run } from '../../../../lib/run/run.ts';
import { awsError } from '../../errors.ts';

const runWith = (signal = new AbortController().signal) =>
  ({ command: 'npm run provision', region: 'eu-west-1', endpoint: undefined, signal }) as Run;

/** Returns the problem that is thrown for these outcomes, if any. */
function problemFor(outcomes: Partial<Record<Noun, Outcome>>, run = runWith()): Problem | undefined {
  try {
    throwFailures(run, new Map(Object.entries(outcomes)) as Map<Noun, Outcome>);
    return undefined;
  } catch (error) {
    return error as Problem;
  }
}
const failed = (error: unknown): Outcome => ({ state: 'failed', error });
const done: Outcome = { state: 'done' };
const notReached: Outcome = { state: 'not reached' };
const refusal = awsError('InvalidSubnet.Conflict', 'conflicts with another subnet');

describe('a run of the steps', () => {
  test('without failures throws nothing', () => {
    expect(problemFor({ vpc: done, subnets: done })).toBeUndefined();
  });

  test('with one failure throws that failure, however many steps it blocked', () => {
    expect(
      problemFor({ vpc: done, subnets: failed(refusal), natGateway: notReached, services: notReached }),
    ).toMatchObject({
      code: 'REFUSED',
      what: 'AWS refused a call during the subnets step (InvalidSubnet.Conflict).',
      cause: refusal,
    });
  });

  test('with several problems reports the state of each', () => {
    const about = (service: string) =>
      problem('DEPLOYMENT', {
        what: service,
        why: 'y',
        now: `${service} runs the previous version.`,
        fix: [],
      });
    expect(problemFor({ services: failed(new SeveralErrors([about('web'), about('jobs')])) })?.now).toBe(
      'web runs the previous version.\njobs runs the previous version.',
    );
  });

  test('with a problem throws it unchanged', () => {
    const zoneProblem = problem('ZONE', { what: 'w', why: 'y', now: 'n', fix: [] });
    expect(problemFor({ subnets: failed(zoneProblem) })).toBe(zoneProblem);
  });

  test('with several failures reports every cause, and each fix only once', () => {
    const shown = problemFor({
      subnets: failed(refusal),
      elasticIp: failed(
        awsError('AddressLimitExceeded', 'The maximum number of addresses has been reached.'),
      ),
      natGateway: notReached,
    });
    expect(shown).toMatchObject({
      code: 'STEPS_FAILED',
      what: '2 steps failed.',
      why: [
        'AWS refused a call during the subnets step (InvalidSubnet.Conflict). conflicts with another subnet',
        'A quota of the account was reached during the elasticIp step (AddressLimitExceeded). The maximum number of addresses has been reached.',
      ].join('\n'),
    });
    expect(shown?.why).not.toContain('natGateway');
    expect(shown?.fix.filter((fix) => fix === 'npm run provision, to continue from here')).toHaveLength(1);
  });

  test('in which many steps failed for the same cause reports the cause only once', () => {
    const expired = () => failed(awsError('ExpiredToken', 'The security token has expired', 403));
    expect(problemFor({ vpc: expired(), roles: expired(), cluster: expired() })).toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      why: 'The security token has expired',
    });
  });

  test('in which siblings of one step failed reports every cause in its own words', () => {
    const unhealthy = problem('UNHEALTHY', {
      what: 'web is unhealthy.',
      why: 'GET / 500',
      now: 'n',
      fix: ['f'],
    });
    const shown = problemFor({ services: failed(new SeveralErrors([unhealthy, refusal])), vpc: done });
    expect(shown).toMatchObject({
      code: 'STEPS_FAILED',
      what: 'The services step failed in 2 ways.',
      why: [
        'web is unhealthy. GET / 500',
        'AWS refused a call during the services step (InvalidSubnet.Conflict). conflicts with another subnet',
      ].join('\n'),
      fix: ['f', 'Remove the cause that the message names.', 'npm run provision, to continue from here'],
    });
    expect(problemFor({ services: failed(new SeveralErrors([unhealthy, unhealthy])) })).toBe(unhealthy);
  });

  test('of a teardown does not claim that something was created', () => {
    const run = { ...runWith(), command: 'npm run teardown -- --stage prod' };
    expect(problemFor({ subnets: failed(refusal) }, run)).toMatchObject({
      now: 'Everything removed so far is gone; the rest is recorded.',
    });
  });

  test('that was aborted is reported as interrupted, whatever failed', () => {
    const outcomes = {
      vpc: failed(Object.assign(new Error('aborted'), { name: 'AbortError' })),
      subnets: notReached,
    };
    expect(problemFor(outcomes, runWith(AbortSignal.abort()))).toMatchObject({ code: 'INTERRUPTED' });
    expect(problemFor({ vpc: done }, runWith(AbortSignal.abort()))).toMatchObject({ code: 'INTERRUPTED' });
  });
});

test('an interruption reports that nothing is lost, and how to continue', () => {
  expect(interrupted({ command: 'npm run provision' })).toMatchObject({
    now: 'Everything created so far is kept and recorded.',
    fix: ['npm run provision, to continue from here', 'npm run teardown, to remove everything'],
  });
});
