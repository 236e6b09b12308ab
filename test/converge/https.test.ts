// HTTPS is switched on and off, and its certificate is issued, replaced, repaired and removed, without a gap in between.
import {
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ListCertificatesCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords, type Account } from './harness.ts';
import { stack } from './stacks.ts';

type DomainInput = NonNullable<StackInput['domain']>;

const secure = (changes: Partial<DomainInput> = {}): StackInput =>
  stack({
    domain: { name: 'api.example.com', zone: 'example.com', createZone: true, https: true, ...changes },
  });

async function listenersOf({ aws }: Account) {
  const { LoadBalancers } = await aws.elb.send(new DescribeLoadBalancersCommand({}));
  const { Listeners = [] } = await aws.elb.send(
    new DescribeListenersCommand({ LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn }),
  );
  return Listeners.sort((one, other) => (one.Port ?? 0) - (other.Port ?? 0));
}

const certificatesOf = async ({ aws }: Account) =>
  (await aws.acm.send(new ListCertificatesCommand({}))).CertificateSummaryList ?? [];

async function validationNamesOf({ aws }: Account): Promise<string[]> {
  const { HostedZones = [] } = await aws.route53.send(new ListHostedZonesCommand({}));
  const sets = await Promise.all(
    HostedZones.map(
      async ({ Id }) =>
        (await aws.route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: Id })))
          .ResourceRecordSets ?? [],
    ),
  );
  return sets
    .flat()
    .flatMap(({ Type, Name = '' }) => (Type === 'CNAME' ? [Name.replace(/^_\w+\./, '')] : []));
}

test('a stack with HTTPS is created, stays as it is, and is removed completely', async () => {
  const user = await account();
  await user.provision(secure({ names: ['www.example.com', '*.api.example.com'] }));
  const [http, https] = await listenersOf(user);
  expect(http).toMatchObject({
    Port: 80,
    DefaultActions: [{ RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
  });
  const [certificate] = await certificatesOf(user);
  expect(https).toMatchObject({
    ...{ Port: 443, Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09' },
    Certificates: [{ CertificateArn: certificate?.CertificateArn }],
  });
  expect(certificate).toMatchObject({
    Status: 'ISSUED',
    SubjectAlternativeNameSummaries: ['*.api.example.com', 'api.example.com', 'www.example.com'],
  });
  // The wildcard shares the record of its parent.
  expect((await validationNamesOf(user)).sort()).toEqual(['api.example.com.', 'www.example.com.']);
  expect(Object.keys(user.ids())).toEqual(
    expect.arrayContaining([
      'certificate',
      'listener',
      'listener.https',
      'record',
      'record.*.api.example.com',
      'record.www.example.com',
      'validationRecords.api.example.com',
    ]),
  );
  expect(await user.plan(secure({ names: ['www.example.com', '*.api.example.com'] }))).toEqual([]);
  await user.teardown(secure());
  expect(user.census()).toEqual({});
});

test('HTTPS is switched on and off: the old rules answer until the new ones exist', async () => {
  const user = await account();
  await user.provision(stack());
  expect(planInWords(await user.plan(secure()))).toEqual(
    expect.arrayContaining([
      'update securityGroups.balancer: ingress',
      'create certificate',
      'create validationRecords.api.example.com',
      'update listener: default action',
      'create listener.https',
      'replace rules.web-api1',
    ]),
  );
  const on = await user.provision(secure());
  const position = (call: string) => on.calls.indexOf(call);
  expect(position('elbv2:CreateListener')).toBeGreaterThan(-1);
  expect(position('elbv2:ModifyListener')).toBeGreaterThan(position('elbv2:CreateListener'));
  expect(position('elbv2:DeleteRule')).toBeGreaterThan(on.calls.lastIndexOf('elbv2:CreateRule'));
  expect(await user.plan(secure())).toEqual([]);

  const planned = await user.plan(stack());
  expect(planned.filter(({ address }) => address.startsWith('rules'))).toMatchObject(
    ['web-api1', 'web-api2'].map((key) => ({
      address: `rules.${key}`,
      verb: 'replace',
      reason: 'it moves from port 443 to port 80: the new rule is created before the old one is deleted',
    })),
  );
  const off = await user.provision(stack());
  expect(off.calls.indexOf('elbv2:ModifyListener')).toBeGreaterThan(
    off.calls.lastIndexOf('elbv2:CreateRule'),
  );
  expect(off.calls.indexOf('elbv2:DeleteListener')).toBeGreaterThan(-1);
  expect(off.calls.indexOf('acm:DeleteCertificate')).toBeGreaterThan(
    off.calls.indexOf('elbv2:DeleteListener'),
  );
  expect(await listenersOf(user)).toMatchObject([{ Port: 80, DefaultActions: [{ Type: 'fixed-response' }] }]);
  expect([await certificatesOf(user), await validationNamesOf(user)]).toEqual([[], []]);
  expect(await user.plan(stack())).toEqual([]);
});

test('when the names change, a new certificate is issued before the listener switches and the old one is deleted', async () => {
  const user = await account();
  await user.provision(secure({ names: ['www.example.com'] }));
  const [old] = await certificatesOf(user);
  const next = secure({ names: ['shop.example.com'] });
  const { calls } = await user.provision(next);
  const order = ['acm:RequestCertificate', 'elbv2:ModifyListener', 'acm:DeleteCertificate'];
  expect(calls.filter((call) => order.includes(call))).toEqual(order);
  const certificates = await certificatesOf(user);
  expect(certificates).toHaveLength(1);
  expect(certificates[0]?.CertificateArn).not.toBe(old?.CertificateArn);
  expect((await validationNamesOf(user)).sort()).toEqual(['api.example.com.', 'shop.example.com.']);
  expect(await user.plan(next)).toEqual([]);
});

test('without a state, everything is found again', async () => {
  const user = await account();
  await user.provision(secure());
  user.deleteState();
  expect(await user.plan(secure())).toEqual([]);
  await user.teardown(secure());
  expect(user.census()).toEqual({});
});

test('drift of the listener is repaired', async () => {
  const user = await account();
  await user.provision(secure());
  const [http, https] = await listenersOf(user);
  await user.aws.elb.send(
    new ModifyListenerCommand({ ListenerArn: https?.ListenerArn, SslPolicy: 'ELBSecurityPolicy-2016-08' }),
  );
  await user.aws.elb.send(
    new ModifyListenerCommand({
      ListenerArn: http?.ListenerArn,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }],
    }),
  );
  expect(planInWords(await user.plan(secure()))).toEqual([
    'update listener: default action',
    'update listener.https: ssl policy',
  ]);
  await user.provision(secure());
  expect(await user.plan(secure())).toEqual([]);
});

/** Creates the zone example.com as another user of the account. */
async function createZone({ aws }: Account, Name = 'example.com'): Promise<string> {
  const made = await aws.route53.send(
    new CreateHostedZoneCommand({ Name, CallerReference: `${Name} by hand` }),
  );
  return made.HostedZone?.Id ?? '';
}

test('a certificate that ACM does not issue is explained, and requested again after the cause is gone', async () => {
  const user = await account();
  const zoneId = await createZone(user);
  const changeCaa = (Action: 'CREATE' | 'DELETE') =>
    user.aws.route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: {
          Changes: [
            {
              Action,
              ResourceRecordSet: {
                ...{ Name: 'example.com', Type: 'CAA', TTL: 60 },
                ResourceRecords: [{ Value: '0 issue "letsencrypt.org"' }],
              },
            },
          ],
        },
      }),
    );
  await changeCaa('CREATE');
  const config = secure({ createZone: false });
  await expect(user.provision(config)).rejects.toMatchObject({
    code: 'CERTIFICATE',
    what: 'ACM did not issue the certificate of api.example.com: CAA_ERROR.',
    why: expect.stringContaining('A CAA record of the domain'),
  });
  await changeCaa('DELETE');
  expect(planInWords(await user.plan(config))).toContain('replace certificate: state');
  await user.provision(config);
  expect(await user.plan(config)).toEqual([]);
  expect(await certificatesOf(user)).toMatchObject([{ Status: 'ISSUED' }]);
});

test('a validation record stays in the zone of the account while another certificate needs it', async () => {
  const user = await account();
  await createZone(user);
  const config = secure({ createZone: false });
  await user.provision(config);
  const request = { DomainName: '*.api.example.com', ValidationMethod: 'DNS' } as const;
  const { CertificateArn } = await user.aws.acm.send(new RequestCertificateCommand(request));
  await user.teardown(config);
  expect(await validationNamesOf(user)).toEqual(['api.example.com.']);
  await user.aws.acm.send(new DeleteCertificateCommand({ CertificateArn }));
});

test('an existing certificate is used as it is, and survives the stack', async () => {
  const user = await account();
  const other = secure({ names: ['www.example.com'] });
  await user.provision({ ...other, name: 'other' });
  const [{ CertificateArn: arn = '' } = {}] = await certificatesOf(user);
  const config = secure({ createZone: false, name: 'www.example.com', certificate: arn });
  await expect(
    user.provision({ ...config, domain: { ...config.domain, name: 'new.example.com' } }),
  ).rejects.toMatchObject({ code: 'CERTIFICATE', why: 'No certificate is for new.example.com.' });
  const missing = arn.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  await expect(
    user.provision({ ...config, domain: { ...config.domain, certificate: missing } as DomainInput }),
  ).rejects.toMatchObject({ code: 'CERTIFICATE', why: `${missing} does not exist in eu-west-1.` });
  const { Certificate } = await user.aws.acm.send(new DescribeCertificateCommand({ CertificateArn: arn }));
  expect(Certificate?.InUseBy).toHaveLength(1);
});
