// HTTPS listeners use issued certificates of their region, and a certificate in use cannot be deleted.
import {
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ImportCertificateCommand,
} from '@aws-sdk/client-acm';
import {
  AddListenerCertificatesCommand,
  CreateListenerCommand,
  CreateRuleCommand,
  DeleteListenerCommand,
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeSSLPoliciesCommand,
  ModifyListenerCommand,
  RemoveListenerCertificatesCommand,
  type CreateListenerCommandInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { RequestCertificateCommand } from '@aws-sdk/client-acm';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../harness.ts';
import { notFound, path, required, scene } from './scene.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const CURRENT = 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09';

async function secureScene() {
  const clock = manualClock(Date.now());
  const started = await scene({ clock, pace: 1 });
  const { acm, elbv2, world, makeBalancer } = started;
  const LoadBalancerArn = await makeBalancer();
  const makeCertificate = async (name = 'api.example.com') => {
    const certificate = world.authority().issue({
      ...{ commonName: name, names: [name], publicKey },
      notBefore: new Date(clock.now() - 1000),
      notAfter: new Date(clock.now() + 86_400_000),
    });
    const PrivateKey = Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const made = await acm.send(
      new ImportCertificateCommand({ Certificate: Buffer.from(certificate), PrivateKey }),
    );
    return required(made.CertificateArn);
  };
  const create = (CertificateArn: string | undefined, overrides: Partial<CreateListenerCommandInput> = {}) =>
    elbv2.send(
      new CreateListenerCommand({
        ...{ LoadBalancerArn, Protocol: 'HTTPS', Port: 443, DefaultActions: [notFound], SslPolicy: CURRENT },
        Certificates: CertificateArn === undefined ? undefined : [{ CertificateArn }],
        ...overrides,
      }),
    );
  const makeSecureListener = async (arn: string) => required((await create(arn)).Listeners?.[0]?.ListenerArn);
  const usersOf = async (CertificateArn: string) =>
    (await acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate?.InUseBy;
  const certificatesOf = async (ListenerArn: string) =>
    (await elbv2.send(new DescribeListenerCertificatesCommand({ ListenerArn }))).Certificates;
  return {
    ...started,
    ...{ clock, LoadBalancerArn, makeCertificate, create, makeSecureListener, usersOf, certificatesOf },
  };
}

test('an HTTPS listener shows its policy and its certificate, which is then in use', async () => {
  const { create, makeCertificate, usersOf, LoadBalancerArn, elbv2, acm, clock } = await secureScene();
  const arn = await makeCertificate();
  const [listener] = (await create(arn)).Listeners ?? [];
  expect(listener).toMatchObject({
    Protocol: 'HTTPS',
    Port: 443,
    SslPolicy: CURRENT,
    Certificates: [{ CertificateArn: arn }],
  });
  expect(await usersOf(arn)).toEqual([LoadBalancerArn]);
  // The same settings return the same listener; others are refused.
  expect((await create(arn)).Listeners?.[0]?.ListenerArn).toBe(listener?.ListenerArn);
  expect(await refusalOf(create(await makeCertificate()))).toMatchObject({ code: 'DuplicateListener' });

  expect(await refusalOf(acm.send(new DeleteCertificateCommand({ CertificateArn: arn })))).toEqual({
    code: 'ResourceInUseException',
    message: `Certificate ${arn} in account 000000000000 is in use.`,
  });
  await elbv2.send(new DeleteListenerCommand({ ListenerArn: listener?.ListenerArn }));
  // For some seconds, the certificate still counts as in use.
  expect((await refusalOf(acm.send(new DeleteCertificateCommand({ CertificateArn: arn })))).code).toBe(
    'ResourceInUseException',
  );
  clock.advance(10_001);
  await acm.send(new DeleteCertificateCommand({ CertificateArn: arn }));
});

test('without a policy, a listener has the default one', async () => {
  const { create, makeCertificate } = await secureScene();
  expect((await create(await makeCertificate(), { SslPolicy: undefined })).Listeners?.[0]?.SslPolicy).toBe(
    'ELBSecurityPolicy-2016-08',
  );
});

test.each<[string, Partial<CreateListenerCommandInput>, string, string]>([
  ['no certificate', { Certificates: undefined }, 'ValidationError', 'A certificate must be specified'],
  [
    'two certificates',
    { Certificates: [{ CertificateArn: 'a' }, { CertificateArn: 'b' }] },
    'ValidationError',
    'Only one',
  ],
  ['an unknown policy', { SslPolicy: 'ELBSecurityPolicy-9' }, 'SSLPolicyNotFound', 'not found'],
  [
    'a policy that only AWS has',
    { SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04' },
    'NotImplemented',
    'policy',
  ],
  [
    'a certificate of another region',
    { Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/0' }] },
    'CertificateNotFound',
    'not found',
  ],
])('an HTTPS listener with %s is refused', async (_, overrides, code, words) => {
  const { create, makeCertificate } = await secureScene();
  const refused = await refusalOf(create(await makeCertificate(), overrides));
  expect(refused).toEqual({ code, message: expect.stringContaining(words) });
});

test('a certificate that is not issued is refused', async () => {
  const { acm, create } = await secureScene();
  const { CertificateArn } = await acm.send(
    new RequestCertificateCommand({ DomainName: 'api.example.com', ValidationMethod: 'DNS' }),
  );
  expect(await refusalOf(create(CertificateArn))).toEqual({
    code: 'UnsupportedCertificate',
    message: `The certificate '${CertificateArn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
  });
});

test('further certificates are added once, listed and removed, but not the default one', async () => {
  const { elbv2, makeCertificate, makeSecureListener, certificatesOf, usersOf } = await secureScene();
  const [first, second] = [await makeCertificate(), await makeCertificate('www.example.com')];
  const ListenerArn = await makeSecureListener(first);
  const add = (CertificateArn: string) =>
    elbv2.send(new AddListenerCertificatesCommand({ ListenerArn, Certificates: [{ CertificateArn }] }));
  const remove = (CertificateArn: string) =>
    elbv2.send(new RemoveListenerCertificatesCommand({ ListenerArn, Certificates: [{ CertificateArn }] }));
  for (const arn of [second, second, first]) await add(arn);
  expect(await certificatesOf(ListenerArn)).toEqual([
    { CertificateArn: first, IsDefault: true },
    { CertificateArn: second, IsDefault: false },
    { CertificateArn: first, IsDefault: false },
  ]);
  expect(await usersOf(second)).toHaveLength(1);
  await remove(first);
  await remove(second);
  expect(await certificatesOf(ListenerArn)).toEqual([{ CertificateArn: first, IsDefault: true }]);
  expect((await refusalOf(remove(first))).code).toBe('OperationNotPermitted');
});

test('a modified listener takes another certificate or policy, and loses both with HTTPS', async () => {
  const { elbv2, makeCertificate, makeSecureListener, usersOf, clock } = await secureScene();
  const [first, second] = [await makeCertificate(), await makeCertificate()];
  const ListenerArn = await makeSecureListener(first);
  await elbv2.send(new ModifyListenerCommand({ ListenerArn, Certificates: [{ CertificateArn: second }] }));
  const describe = async () =>
    (await elbv2.send(new DescribeListenersCommand({ ListenerArns: [ListenerArn] }))).Listeners?.[0];
  expect(await describe()).toMatchObject({ SslPolicy: CURRENT, Certificates: [{ CertificateArn: second }] });
  clock.advance(10_001);
  expect([await usersOf(first), (await usersOf(second))?.length]).toEqual([[], 1]);
  await elbv2.send(new ModifyListenerCommand({ ListenerArn, Protocol: 'HTTP' }));
  expect(await describe()).not.toHaveProperty('SslPolicy');
  clock.advance(10_001);
  expect(await usersOf(second)).toEqual([]);
});

test('an HTTPS listener does not redirect to HTTP', async () => {
  const { elbv2, makeCertificate, makeSecureListener } = await secureScene();
  const ListenerArn = await makeSecureListener(await makeCertificate());
  const rule = new CreateRuleCommand({
    ...{ ListenerArn, Priority: 1, Conditions: [path('/old')] },
    Actions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTP', Port: '80', StatusCode: 'HTTP_301' } }],
  });
  expect((await refusalOf(elbv2.send(rule))).code).toBe('InvalidLoadBalancerAction');
});

test('policies are listed with their versions and ciphers', async () => {
  const { elbv2 } = await secureScene();
  const { SslPolicies = [] } = await elbv2.send(new DescribeSSLPoliciesCommand({ Names: [CURRENT] }));
  expect(SslPolicies).toMatchObject([{ Name: CURRENT, SslProtocols: ['TLSv1.2', 'TLSv1.3'] }]);
  expect(SslPolicies[0]?.Ciphers?.map(({ Name }) => Name)).toContain('TLS_AES_128_GCM_SHA256');
});
