// The checks before the first change: what is wrong around the stack is reported together, each fault with its fix.
import { expect, test } from '@jest/globals';
import type { Config } from '../../../lib/config/config.ts';
import type { Survey } from '../../../lib/look/found.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../../../lib/model/problem.ts';
import { checkSurroundings, checkTogether } from '../../../provision/surroundings.ts';
import { config, desiredOf, surveyOf } from '../step-harness.ts';

const waf = 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/edge/1a2b3c4d';
const run = { region: 'eu-west-1', endpoint: undefined };

const check = (stack: Config, found: Partial<Survey> = {}): Promise<void> =>
  checkSurroundings({ ...desiredOf(stack), run, selected: stack }, { ...surveyOf(), ...found });

const faultOf = (code: Problem['code'], name: string): Problem =>
  problem(code, {
    what: `${name} is bad.`,
    why: `Why ${name}.`,
    now: NOTHING_CHANGED,
    fix: [`Fix ${name}.`],
  });

test('a stack whose surroundings are in order is accepted', async () => {
  await expect(check(config())).resolves.toBeUndefined();
  await expect(check(config({ network: { cidr: '10.0.0.0/16', zones: 3 } }))).resolves.toBeUndefined();
});

test('too few availability zones are a problem', async () => {
  await expect(check(config({ network: { cidr: '10.0.0.0/16', zones: 4 } }))).rejects.toMatchObject({
    code: 'ZONE',
    why: 'network.zones is 4; the account may use 3: eu-west-1a, eu-west-1b, eu-west-1c.',
  });
});

test('a wrong web ACL and a wrong bucket are reported together, with both fixes', async () => {
  const stack = config({ waf, accessLogs: { bucket: 'company-logs' } });
  const found = {
    webAcl: { arn: waf, exists: false },
    logBucketOfUser: { state: 'missing' },
  } as Partial<Survey>;
  await expect(check(stack, found)).rejects.toMatchObject({
    code: 'SURROUNDINGS',
    what: '2 checks failed before anything was changed.',
    why: [
      `The web ACL in waf cannot be used. WAF has no web ACL ${waf}.`,
      'The bucket company-logs cannot receive the access logs. S3 has no bucket company-logs.',
    ].join('\n'),
    now: NOTHING_CHANGED,
    fix: expect.arrayContaining([
      'Correct waf in slipway.config.ts,',
      'Correct accessLogs.bucket in slipway.config.ts, or create the bucket first.',
    ]),
  });
});

test('a single fault keeps its own code', async () => {
  await expect(
    checkTogether([() => undefined, () => Promise.reject(faultOf('ROLE', 'a'))]),
  ).rejects.toMatchObject({ code: 'ROLE', what: 'a is bad.' });
});

test('checks run concurrently, and their faults are reported in their order', async () => {
  let isSecondOver = false;
  const first = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSecondOver).toBe(true);
    throw faultOf('IMAGE', 'a');
  };
  const second = async () => {
    isSecondOver = true;
    throw faultOf('SECRET', 'b');
  };
  await expect(checkTogether([first, second])).rejects.toMatchObject({
    why: 'a is bad. Why a.\nb is bad. Why b.',
    fix: ['Fix a.', 'Fix b.'],
  });
});

test('an error that is no problem ends the run as it is', async () => {
  const error = new TypeError('a mistake in the program');
  const checks = [() => Promise.reject(faultOf('ROLE', 'a')), () => Promise.reject(error)];
  await expect(checkTogether(checks)).rejects.toBe(error);
});
