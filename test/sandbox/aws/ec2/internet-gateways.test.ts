// The sandbox's internet gateways, through the SDK's client.
import {
  AttachInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeInternetGatewaysCommand,
  DetachInternetGatewayCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import {
  attachInterface,
  newPublicAddress,
  releaseInterface,
} from '../../../../sandbox/aws/ec2/network-interfaces.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, natGateway } from './scene.ts';

async function scene() {
  const started = await sandbox();
  const make = makerOf(started.ec2);
  const attach = (InternetGatewayId: string, VpcId: string) =>
    started.ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  const detach = (InternetGatewayId: string, VpcId: string) =>
    started.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  const remove = (InternetGatewayId: string) =>
    started.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
  return { ...started, make, attach, detach, remove };
}

test('an attached gateway shows its attachment and can be found by the id of its VPC', async () => {
  const { ec2, make } = await scene();
  const vpc = await make.vpc();
  const id = await make.gateway(vpc);
  await make.gateway();
  const { InternetGateways } = await ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [{ Name: 'attachment.vpc-id', Values: [vpc] }] }),
  );
  expect(InternetGateways).toMatchObject([
    { InternetGatewayId: id, Attachments: [{ State: 'available', VpcId: vpc }] },
  ]);
});

test('a second attachment is refused with the same code, whether the gateway or the VPC is already attached', async () => {
  const { make, attach } = await scene();
  const [vpc, other] = [await make.vpc(), await make.vpc()];
  const id = await make.gateway(vpc);
  const code = 'Resource.AlreadyAssociated';
  const message = `resource ${id} is already attached to network ${vpc}`;
  expect(await refusalOf(attach(id, vpc))).toEqual({ code, message });
  expect(await refusalOf(attach(id, other))).toEqual({ code, message });
  expect(await refusalOf(attach(await make.gateway(), vpc))).toEqual({
    code,
    message: `Network ${vpc} already has an internet gateway attached`,
  });
});

test('a gateway cannot be deleted until it is detached', async () => {
  const { make, detach, remove } = await scene();
  const vpc = await make.vpc();
  const id = await make.gateway(vpc);
  expect(await refusalOf(remove(id))).toMatchObject({ code: 'DependencyViolation' });
  await detach(id, vpc);
  expect(await refusalOf(detach(id, vpc))).toEqual({
    code: 'Gateway.NotAttached',
    message: `resource ${id} is not attached to network ${vpc}`,
  });
  await remove(id);
  expect(await refusalOf(remove(id))).toEqual({
    code: 'InvalidInternetGatewayID.NotFound',
    message: `The internetGateway ID '${id}' does not exist`,
  });
});

test('an internet gateway cannot be detached from a VPC that has a NAT gateway', async () => {
  const { ec2, make, detach } = await scene();
  const vpc = await make.vpc();
  const id = await make.gateway(vpc);
  const nat = await make.nat(await make.subnet(vpc), await make.address());
  await natGateway(ec2, nat);
  expect(await refusalOf(detach(id, vpc))).toEqual({
    code: 'DependencyViolation',
    message: `Network ${vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
  });
  await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: nat }));
  await detach(id, vpc);
});

test('an internet gateway cannot be detached while a network interface in its VPC has a public address', async () => {
  const { region, make, detach } = await scene();
  const vpc = await make.vpc();
  const id = await make.gateway(vpc);
  const subnetId = await make.subnet(vpc);
  const request = {
    subnetId,
    groups: [],
    description: 'ELB app/web/50dc6c495c0c9188',
    interfaceType: 'interface',
    requester: 'amazon-elb',
  };
  attachInterface(region, request);
  const withPublicIp = attachInterface(region, { ...request, publicIp: newPublicAddress(region) });
  expect(await refusalOf(detach(id, vpc))).toMatchObject({ code: 'DependencyViolation' });
  releaseInterface(region, withPublicIp.NetworkInterfaceId);
  await detach(id, vpc);
});

test('a sixth internet gateway in a region exceeds the quota', async () => {
  const { make } = await scene();
  for (let i = 0; i < 5; i++) await make.gateway();
  expect(await refusalOf(make.gateway())).toMatchObject({ code: 'InternetGatewayLimitExceeded' });
});
