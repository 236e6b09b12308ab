// The checks of the configuration: its mistakes, what it lets foresee, its programs, and its certificate.
import { DescribeCertificateCommand, ListCertificatesCommand } from '@aws-sdk/client-acm';
import { expect, test } from '@jest/globals';
import {
  checkBaseImage,
  checkCertificate,
  configurationVerdict,
  foresightVerdicts,
} from '../../../doctor/stack.ts';
import { checkPrograms } from '../../../doctor/programs.ts';
import { InvalidConfig } from '../../../lib/config/mistake.ts';
import { ACCOUNT, config, domainOf, lookContextOf, mocks } from '../step-harness.ts';

const signal = new AbortController().signal;

test('a valid configuration is named, with what it contains', () => {
  expect(configurationVerdict(config(), `${process.cwd()}/slipway.config.ts`)).toEqual({
    state: 'ok',
    text: 'slipway.config.ts: shop-dev, 1 service, 2 containers',
  });
});

test('every mistake is listed; an error that is no mistake is thrown', () => {
  const error = new InvalidConfig('a.ts', [{ path: 'region', value: 'missing', fix: 'Add it.' }]);
  expect(configurationVerdict({ error }, 'a.ts')).toEqual({
    state: 'no',
    text: 'a.ts has 1 mistake.\nregion: missing. Add it.',
    fix: ['Correct a.ts, then run the command again.'],
  });
  expect(() => configurationVerdict({ error: new Error('other') }, 'a.ts')).toThrow('other');
});

test('what is foreseen is a warning with its fix', () => {
  expect(foresightVerdicts(config())).toMatchObject([{ state: 'ok' }]);
  expect(foresightVerdicts(config({ clients: ['10.0.0.0/8'] }))).toMatchObject([
    {
      state: 'warning',
      text: expect.stringMatching(/^clients: 10\.0\.0\.0\/8\. No request arrives/),
      fix: [expect.stringMatching(/internal: true/)],
    },
  ]);
});

test.each([
  ['the sandbox supplies Node', config({ target: 'sandbox' })],
  ['another builder needs none', config({ builder: 'docker' })],
])('the base image is skipped: %s', async (_case, stack) => {
  expect(await checkBaseImage(stack, signal)).toMatchObject({ state: 'skipped' });
});

test('a program that answers 404 at its health path is named', async () => {
  const stack = config({ target: 'sandbox' });
  expect(await checkPrograms(stack, async ({ name }) => name === 'api2')).toEqual([
    {
      state: 'no',
      text: 'services.web.containers.api2.health.path: /health. The program answers 404 there.',
      fix: ['Set it to a path that answers with 200, or add the path to the program.'],
    },
  ]);
  expect(await checkPrograms(stack, async () => false)).toMatchObject([{ state: 'ok' }]);
});

test('programs are not started for AWS, or without a source', async () => {
  const isPathMissing = async (): Promise<never> => {
    throw new Error('started');
  };
  expect(await checkPrograms(config(), isPathMissing)).toMatchObject([{ state: 'skipped' }]);
  expect(await checkPrograms(config({ target: 'sandbox', services: [] }), isPathMissing)).toMatchObject([
    { state: 'skipped' },
  ]);
});

test.each([
  ['without HTTPS', false, undefined, 'skipped'],
  ['that is issued', true, 'ISSUED', 'ok'],
  ['that is not there', true, 'missing', 'no'],
])('a certificate %s', async (_case, https, status, state) => {
  const certificate = `arn:aws:acm:eu-west-1:${ACCOUNT}:certificate/1`;
  mocks.acm.on(ListCertificatesCommand).resolves({ CertificateSummaryList: [] });
  mocks.acm.on(DescribeCertificateCommand).resolves(
    status === 'ISSUED'
      ? {
          Certificate: {
            CertificateArn: certificate,
            Status: status,
            SubjectAlternativeNames: ['api.example.com'],
          },
        }
      : {},
  );
  const domain = domainOf({ name: 'api.example.com', zone: 'example.com', https, certificate });
  const context = lookContextOf(config({ domain }));
  const planned = { context, changes: [], existing: 0, unreadable: undefined, zone: undefined };
  const verdict = await checkCertificate(planned).catch((error: unknown) => ({
    state: (error as { code?: string }).code === 'CERTIFICATE' ? 'no' : String(error),
  }));
  expect(verdict.state).toBe(state);
});
