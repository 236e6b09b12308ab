/** The schema of the field `loadBalancer`: a load balancer that belongs to someone else, and the subnets of its VPC to use. */
import * as z from 'zod';
import { string, type FieldRule } from './field-rules.ts';

const ARN = /^arn:aws[\w-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:/;

/** The ARN of an application load balancer. Network load balancers have `net` instead of `app`, and no rules. */
const balancerArn: FieldRule = (text) =>
  ARN.test(text) && /:loadbalancer\/app\/[^/]+\/[0-9a-f]+$/.test(text)
    ? undefined
    : 'Use the ARN of an application load balancer, e.g. arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shared/50dc6c495c0c9188.';

const listenerArn: FieldRule = (text) =>
  ARN.test(text) && /:listener\/app\/[^/]+\/[0-9a-f]+\/[0-9a-f]+$/.test(text)
    ? undefined
    : 'Use the ARN of a listener of an application load balancer, e.g. arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2.';

const subnetId: FieldRule = (text) =>
  /^subnet-[0-9a-f]{8,17}$/.test(text) ? undefined : 'Use the id of a subnet, e.g. subnet-0123456789abcdef0.';

export const SharedBalancer = z.strictObject({
  arn: string(balancerArn).optional().describe('the ARN of the load balancer'),
  listenerArn: string(listenerArn).optional().describe('the ARN of its listener, instead of arn'),
  https: z
    .boolean()
    .default(false)
    .describe('whether the rules are for its listener for HTTPS on port 443, instead of the one on port 80'),
  // ECS's quota: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
  subnets: z
    .array(string(subnetId).describe('the id of a subnet'))
    .min(1)
    .max(16)
    .describe('private subnets in its VPC for the tasks; their route tables must lead to the internet'),
});
