// Terraform requests certificates, validates them, uses them in a listener, replaces one, and destroys everything.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { initTerraform, type Terraform } from './terraform.ts';

const SUCCESS = { code: 0, output: '' };

let sandbox: Sandbox;
let terraform: Terraform;
beforeAll(async () => {
  sandbox = await startSandbox({ pace: 300 });
  terraform = await initTerraform(sandbox.url, 'test/terraform/https');
});
afterAll(() => sandbox.close());

/** Returns the port of each listener, with its policy and the names of its certificates. */
function listeners(): Record<number, { policy: string | undefined; certificates: string[][] }> {
  const { acm, elbv2 } = sandbox.world.region('eu-west-1');
  const namesOf = (arn: string | undefined) =>
    [...(acm.certificates.get(arn)?.SubjectAlternativeNames ?? [])].sort();
  return Object.fromEntries(
    elbv2.listeners.all().map((listener) => [
      listener.Port,
      {
        policy: listener.SslPolicy,
        certificates: [
          ...(listener.Certificates ?? []).map(({ CertificateArn }) => namesOf(CertificateArn)),
          ...(listener.extraCertificates ?? []).map(namesOf),
        ],
      },
    ]),
  );
}

test('apply serves HTTPS, the next plan is empty, names and the policy change, and destroy leaves nothing', async () => {
  expect(await terraform.apply()).toEqual(SUCCESS);
  expect(await terraform.plan()).toEqual(SUCCESS);
  expect(listeners()).toEqual({
    80: { policy: undefined, certificates: [] },
    443: {
      policy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
      certificates: [['*.example.com', 'api.example.com', 'www.example.com'], ['other.example.com']],
    },
  });

  const changed = { policy: 'ELBSecurityPolicy-TLS13-1-3-2021-06', names: ['www.example.com'] };
  expect(await terraform.apply(changed)).toEqual(SUCCESS);
  expect(await terraform.plan(changed)).toEqual(SUCCESS);
  expect(listeners()[443]).toEqual({
    policy: 'ELBSecurityPolicy-TLS13-1-3-2021-06',
    certificates: [['api.example.com', 'www.example.com'], ['other.example.com']],
  });
  expect(census(sandbox.world)).toMatchObject({ 'acm.certificates': 2 });

  expect(await terraform.destroy(changed)).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({});
  expect(sandbox.journal.entries().filter(({ result }) => result === 'NotImplemented')).toEqual([]);
});
