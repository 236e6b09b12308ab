// Associations of load balancers with web ACLs: durations, replacement, refusals, and the end of an association.
import { DeleteLoadBalancerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DeleteWebACLCommand,
  DisassociateWebACLCommand,
  ListResourcesForWebACLCommand,
} from '@aws-sdk/client-wafv2';
import { expect, test } from '@jest/globals';
import { durations } from '../../../../sandbox/world/durations.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../harness.ts';
import { wafScene } from './scene.ts';

const BALANCER = 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:loadbalancer/app/none/0123456789abcdef';

test('a load balancer has at most one web ACL, and another one replaces it', async () => {
  const { makeWebAcl, makeBalancer, associate, webAclOf, wafv2 } = await wafScene();
  const [one, two, balancer] = [await makeWebAcl(), await makeWebAcl({ Name: 'two' }), await makeBalancer()];
  const resourcesOf = async (WebACLArn: string) =>
    (await wafv2.send(new ListResourcesForWebACLCommand({ WebACLArn }))).ResourceArns;
  expect(await webAclOf(balancer)).toBeUndefined();
  await associate(one, balancer);
  await associate(two, balancer);
  expect(await webAclOf(balancer)).toBe(two);
  expect([await resourcesOf(one), await resourcesOf(two)]).toEqual([[], [balancer]]);
  await wafv2.send(new DisassociateWebACLCommand({ ResourceArn: balancer }));
  await wafv2.send(new DisassociateWebACLCommand({ ResourceArn: balancer }));
  expect(await webAclOf(balancer)).toBeUndefined();
});

test('a load balancer that is not active yet and a web ACL that is new are unavailable to WAF', async () => {
  const clock = manualClock(Date.now());
  const { makeWebAcl, makeBalancer, associate, webAclOf } = await wafScene({ clock, pace: 1 });
  const [one, balancer] = [await makeWebAcl(), await makeBalancer()];
  const unavailable = async (arn: string) =>
    (await refusalOf(associate(arn, balancer))).code === 'WAFUnavailableEntityException';
  clock.advance(durations.webAclPropagation);
  expect(await unavailable(one)).toBe(true);
  clock.advance(durations.loadBalancerCreate);
  const two = await makeWebAcl({ Name: 'two' });
  expect(await unavailable(two)).toBe(true);
  await associate(one, balancer);
  expect(await webAclOf(balancer)).toBe(one);
});

test('a web ACL in use cannot be deleted; the deletion of the load balancer ends the association', async () => {
  const { makeWebAcl, makeBalancer, associate, getWebAcl, wafv2, elbv2, region } = await wafScene();
  const [arn, balancer] = [await makeWebAcl(), await makeBalancer()];
  await associate(arn, balancer);
  const { LockToken } = await getWebAcl(arn);
  const remove = () =>
    wafv2.send(
      new DeleteWebACLCommand({ Name: 'edge', Scope: 'REGIONAL', Id: arn.split('/').at(-1), LockToken }),
    );
  expect((await refusalOf(remove())).code).toBe('WAFAssociatedItemException');
  await elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: balancer }));
  expect(region.wafv2.webAclAssociations.size).toBe(0);
  await remove();
});

test('unknown and malformed ARNs are refused', async () => {
  const { makeWebAcl, makeBalancer, associate, webAclOf } = await wafScene();
  const [arn, balancer] = [await makeWebAcl(), await makeBalancer()];
  const codeOf = async (call: Promise<unknown>) => (await refusalOf(call)).code;
  expect(await codeOf(associate(`${arn.slice(0, -1)}x`, balancer))).toBe('WAFNonexistentItemException');
  expect(await codeOf(associate(arn, BALANCER))).toBe('WAFNonexistentItemException');
  expect(await codeOf(webAclOf(BALANCER))).toBe('WAFNonexistentItemException');
  expect(await codeOf(associate('the web ACL of the shop', balancer))).toBe('WAFInvalidParameterException');
  expect(await codeOf(associate(arn, `${balancer}/listener`))).toBe('WAFInvalidParameterException');
  expect(await codeOf(associate(arn, 'arn:aws:apigateway:eu-west-1:000000000000:/restapis/a/stages/b'))).toBe(
    'NotImplemented',
  );
});
