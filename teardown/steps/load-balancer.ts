/** Removes the load balancer, and waits until it and its network interfaces are gone. */
import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import {
  DeleteLoadBalancerCommand,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import { hasDeletionProtection, PROTECTION } from '../../lib/look/load-balancer.ts';

export const loadBalancer: Removal<'loadBalancer'> = {
  /**
   * A teardown refuses to remove a protected load balancer, so it never gets here with one. A provision removes the load balancer of
   * a stack without routes. Its configuration does not ask for protection, so the protection is turned off.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
   */
  async remove(context) {
    const { loadBalancerArn: LoadBalancerArn, vpcId } = context.existing;
    if (hasDeletionProtection(context.existing)) {
      const Attributes = [{ Key: PROTECTION, Value: 'false' }];
      await ignoringNotFound(() =>
        context.aws.elbv2(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes })),
      );
    }
    await ignoringNotFound(() => context.aws.elbv2(new DeleteLoadBalancerCommand({ LoadBalancerArn })));
    // After the load balancer is deleted, its network interfaces still use subnets, security groups and the internet gateway.
    const description = `ELB ${LoadBalancerArn.split('loadbalancer/')[1] ?? ''}`;
    await context.until(
      'the network interfaces of the load balancer to be gone',
      'interfacesGone',
      async () => {
        const { NetworkInterfaces = [] } = await context.aws.ec2(
          new DescribeNetworkInterfacesCommand({
            Filters: [
              { Name: 'vpc-id', Values: [vpcId] },
              { Name: 'description', Values: [description] },
            ],
          }),
        );
        return NetworkInterfaces.length === 0
          ? ready(undefined)
          : pending(`${NetworkInterfaces.length} interfaces left`);
      },
    );
  },
};
