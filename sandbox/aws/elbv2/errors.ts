/** The refusals of Elastic Load Balancing, in AWS's wording. Section 3 of docs/aws-semantics.md lists their sources. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const validation = (message: string): Refusal => refusal('ValidationError', message);
export const invalidConfiguration = (message: string): Refusal =>
  refusal('InvalidConfigurationRequest', message);
export const invalidAction = (message: string): Refusal => refusal('InvalidLoadBalancerAction', message);
export const notPermitted = (message: string): Refusal => refusal('OperationNotPermitted', message);
export const resourceInUse = (message: string): Refusal => refusal('ResourceInUse', message);

/** The refusal of a feature that the sandbox does not support, in the same form as for an unsupported parameter. */
export const notImplemented = (what: string): Refusal =>
  refusal('NotImplemented', `The sandbox does not support ${what} in elbv2 yet`, 501);

const quoted = (ids: string | readonly string[]): string =>
  typeof ids === 'string' ? ` '${ids}'` : `s '[${ids.join(', ')}]'`;
const notFound =
  (code: string, kind: string) =>
  (ids: string | readonly string[]): Refusal =>
    refusal(code, `${kind}${quoted(ids)} not found`);

/** @param ids the unknown ARN of a request, or the unknown names or ARNs of a request's list */
export const loadBalancerNotFound = notFound('LoadBalancerNotFound', 'Load balancer');
export const targetGroupNotFound = notFound('TargetGroupNotFound', 'Target group');
export const listenerNotFound = (): Refusal => refusal('ListenerNotFound', 'One or more listeners not found');
export const ruleNotFound = (): Refusal => refusal('RuleNotFound', 'One or more rules not found');

export const subnetNotFound = (id: string): Refusal =>
  refusal('SubnetNotFound', `The subnet ID '${id}' does not exist`);
export const invalidSubnet = (message: string): Refusal => refusal('InvalidSubnet', message);
export const invalidSecurityGroup = (): Refusal =>
  refusal('InvalidSecurityGroup', 'One or more security groups are invalid');

export const priorityInUse = (priority: string | number): Refusal =>
  refusal('PriorityInUse', `Priority '${priority}' is currently in use`);
export const duplicateListener = (loadBalancerArn: string): Refusal =>
  refusal(
    'DuplicateListener',
    `A listener already exists on this port for this load balancer '${loadBalancerArn}'`,
  );
export const duplicateLoadBalancer = (name: string): Refusal =>
  refusal(
    'DuplicateLoadBalancerName',
    `A load balancer with the same name '${name}' exists, but with different settings`,
  );
export const duplicateTargetGroup = (name: string): Refusal =>
  refusal(
    'DuplicateTargetGroupName',
    `A target group with the same name '${name}' exists, but with different settings`,
  );
export const usedByOtherLoadBalancer = (arn: string): Refusal =>
  refusal(
    'TargetGroupAssociationLimit',
    `The following target groups cannot be associated with more than one load balancer: ${arn}`,
  );

export const certificateNotFound = (arn: string): Refusal =>
  refusal('CertificateNotFound', `Certificate '${arn}' not found`);
/** AWS's models lack this code. hashicorp/terraform-provider-aws#26245 records it. */
export const unsupportedCertificate = (arn: string): Refusal =>
  refusal(
    'UnsupportedCertificate',
    `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
  );
export const tooManyCertificates = (max: number): Refusal =>
  refusal('TooManyCertificates', `A load balancer can have at most '${max}' certificates`);
export const sslPolicyNotFound = (name: string): Refusal =>
  refusal('SSLPolicyNotFound', `SSL policy '${name}' not found`);
