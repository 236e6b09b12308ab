// The quotas of the sandbox through Service Quotas: those that it enforces, with the values of a new account.
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  ListServicesCommand,
} from '@aws-sdk/client-service-quotas';
import { CreateVpcCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';

const VPCS = { ServiceCode: 'vpc', QuotaCode: 'L-F678F1CE' };

test('a quota has the value that the sandbox enforces', async () => {
  const { servicequotas, ec2 } = await sandbox();
  const { Quota } = await servicequotas.send(new GetServiceQuotaCommand(VPCS));
  expect(Quota).toMatchObject({
    ...VPCS,
    QuotaName: 'VPCs per Region',
    QuotaArn: 'arn:aws:servicequotas:eu-west-1:000000000000:vpc/L-F678F1CE',
    Adjustable: true,
    Value: 5,
  });
  // The default VPC does not exist in the sandbox.
  for (let count = 0; count < (Quota?.Value ?? 0); count += 1)
    await ec2.send(new CreateVpcCommand({ CidrBlock: `10.${count}.0.0/16` }));
  expect(await refusalOf(ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' })))).toMatchObject({
    code: 'VpcLimitExceeded',
  });
  const { Quota: byDefault } = await servicequotas.send(new GetAWSDefaultServiceQuotaCommand(VPCS));
  expect(byDefault).toMatchObject({ Value: 5, QuotaArn: 'arn:aws:servicequotas:eu-west-1::vpc/L-F678F1CE' });
});

test('the quotas of a service are listed in pages', async () => {
  const { servicequotas } = await sandbox();
  const input = { ServiceCode: 'elasticloadbalancing', MaxResults: 3 };
  const first = await servicequotas.send(new ListServiceQuotasCommand(input));
  const second = await servicequotas.send(
    new ListServiceQuotasCommand({ ...input, NextToken: first.NextToken }),
  );
  const names = [...(first.Quotas ?? []), ...(second.Quotas ?? [])].map(({ QuotaName }) => QuotaName);
  expect(second.NextToken).toBeUndefined();
  expect(names).toEqual([
    'Application Load Balancers per Region',
    'Target Groups per Region',
    'Target Groups per Application Load Balancer',
    'Listeners per Application Load Balancer',
    'Rules per Application Load Balancer',
  ]);
  const { Quotas } = await servicequotas.send(new ListServiceQuotasCommand(VPCS));
  expect(Quotas).toHaveLength(1);
  const { Quotas: defaults } = await servicequotas.send(
    new ListAWSDefaultServiceQuotasCommand({ ServiceCode: 'ec2' }),
  );
  expect(defaults).toMatchObject([{ QuotaName: 'EC2-VPC Elastic IPs', Value: 5 }]);
  expect((await servicequotas.send(new ListServicesCommand({}))).Services).toHaveLength(3);
});

test.each([
  ['a service that has no quotas in the sandbox', { ServiceCode: 'fargate', QuotaCode: 'L-3032A538' }],
  ['an unknown quota', { ServiceCode: 'vpc', QuotaCode: 'L-00000000' }],
])('%s does not exist', async (_case, input) => {
  const { servicequotas } = await sandbox();
  expect(await refusalOf(servicequotas.send(new GetServiceQuotaCommand(input)))).toMatchObject({
    code: 'NoSuchResourceException',
  });
});

test('an unknown token is refused', async () => {
  const { servicequotas } = await sandbox();
  const call = servicequotas.send(new ListServiceQuotasCommand({ ServiceCode: 'vpc', NextToken: 'eA' }));
  expect(await refusalOf(call)).toMatchObject({ code: 'InvalidPaginationTokenException' });
});
