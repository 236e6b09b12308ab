/** The network interface of a task. It has the task's address, and blocks the deletion of the subnet and security groups. */
import { Refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { attachInterface, newPublicAddress, releaseInterface } from '../ec2/network-interfaces.ts';
import type { NetworkInterfaceRow } from '../ec2/store.ts';
import type { TaskRow } from './store.ts';

/** The AWS account that requests the interfaces of Fargate tasks. AWS does not document its number. */
const REQUESTER = '578734482556';

/**
 * Attaches the interface of a task.
 * @returns ECS's message if the interface cannot be attached, otherwise undefined
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
 */
export function attachTaskInterface(region: Region, task: TaskRow): string | undefined {
  const { subnetId, securityGroups: groups, assignPublicIp } = task;
  try {
    const networkInterface = attachInterface(region, {
      subnetId,
      groups,
      description: region.arn('ecs', `attachment/${task.attachments?.[0]?.id}`),
      interfaceType: 'interface',
      requester: REQUESTER,
      publicIp: assignPublicIp ? newPublicAddress(region) : undefined,
    });
    recordInterface(task, networkInterface);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const withIp = `with public IP assignment ${assignPublicIp ? 'enabled' : 'disabled'}`;
    return `Unexpected EC2 error while attempting to Create Network Interface ${withIp} in subnet '${subnetId}': ${error.code}`;
  }
  task.connectivity = 'CONNECTED';
  task.connectivityAt = region.now();
  return undefined;
}

function recordInterface(task: TaskRow, networkInterface: NetworkInterfaceRow): void {
  task.networkInterfaceId = networkInterface.NetworkInterfaceId;
  task.privateIp = networkInterface.PrivateIpAddress;
  const details = {
    subnetId: networkInterface.SubnetId,
    networkInterfaceId: networkInterface.NetworkInterfaceId,
    macAddress: networkInterface.MacAddress,
    privateDnsName: networkInterface.PrivateDnsName,
    privateIPv4Address: networkInterface.PrivateIpAddress,
  };
  for (const attachment of task.attachments ?? []) {
    attachment.status = 'ATTACHED';
    attachment.details = Object.entries(details).map(([name, value]) => ({ name, value }));
  }
  for (const container of task.containers) {
    container.networkInterfaces = [
      { attachmentId: task.attachments?.[0]?.id, privateIpv4Address: networkInterface.PrivateIpAddress },
    ];
  }
}

/** Releases the interface of a task. */
export function releaseTaskInterface(region: Region, task: TaskRow): void {
  if (task.networkInterfaceId !== undefined) releaseInterface(region, task.networkInterfaceId);
  for (const attachment of task.attachments ?? []) attachment.status = 'DELETED';
}
