// The default set of DHCP options and the services of gateway endpoints, which AWS provides in every region.
import {
  DescribeDhcpOptionsCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

test('every VPC uses the default set of DHCP options, which can be described', async () => {
  const { ec2 } = await sandbox();
  await makerOf(ec2).vpc();
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
  const id = required(Vpcs?.[0]?.DhcpOptionsId);
  expect(id).toMatch(/^dopt-[0-9a-f]{17}$/);
  const { DhcpOptions } = await ec2.send(new DescribeDhcpOptionsCommand({ DhcpOptionsIds: [id] }));
  expect(DhcpOptions).toEqual([
    {
      DhcpOptionsId: id,
      OwnerId: '000000000000',
      DhcpConfigurations: [
        { Key: 'domain-name', Values: [{ Value: 'eu-west-1.compute.internal' }] },
        { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
      ],
      Tags: [],
    },
  ]);
  const find = async (Name: string, value: string) =>
    (await ec2.send(new DescribeDhcpOptionsCommand({ Filters: [{ Name, Values: [value] }] }))).DhcpOptions;
  expect(await find('value', 'AmazonProvidedDNS')).toEqual(DhcpOptions);
  expect(await find('key', 'ntp-servers')).toEqual([]);
});

test('unknown and malformed IDs of DHCP options are refused', async () => {
  const { ec2 } = await sandbox();
  const describe = (id: string) => ec2.send(new DescribeDhcpOptionsCommand({ DhcpOptionsIds: [id] }));
  expect(await refusalOf(describe('dopt-0'))).toMatchObject({ code: 'InvalidDhcpOptionID.NotFound' });
  expect(await refusalOf(describe('default'))).toMatchObject({ code: 'InvalidDhcpOptionsId.Malformed' });
});

test('the endpoint services are S3 and DynamoDB, and another service is refused', async () => {
  const { ec2 } = await sandbox();
  const { ServiceNames } = await ec2.send(new DescribeVpcEndpointServicesCommand({}));
  expect(ServiceNames).toEqual(['com.amazonaws.eu-west-1.s3', 'com.amazonaws.eu-west-1.dynamodb']);
  const find = (name: string, type: string) => {
    const Filters = [{ Name: 'service-type', Values: [type] }];
    return ec2.send(new DescribeVpcEndpointServicesCommand({ ServiceNames: [name], Filters }));
  };
  expect((await find('com.amazonaws.eu-west-1.s3', 'Gateway')).ServiceDetails).toMatchObject([
    { ServiceType: [{ ServiceType: 'Gateway' }], BaseEndpointDnsNames: ['s3.eu-west-1.amazonaws.com'] },
  ]);
  expect((await find('com.amazonaws.eu-west-1.s3', 'Interface')).ServiceDetails).toEqual([]);
  expect(await refusalOf(find('com.amazonaws.eu-west-1.sqs', 'Interface'))).toMatchObject({
    code: 'InvalidServiceName',
  });
});
