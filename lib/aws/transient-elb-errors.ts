/** The errors of load balancers and their certificates that clear up on their own. */
import type { TransientError } from './transient-errors.ts';

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html */
export const transientElbErrors: readonly TransientError[] = [
  {
    commands: ['CreateLoadBalancer'],
    code: 'InvalidSubnet',
    message: /no internet gateway/,
    why: 'the attachment of the internet gateway is not visible yet',
    onlyRecentlyCreated: true,
    seconds: 60,
  },
  {
    commands: ['CreateLoadBalancer', 'CreateTargetGroup'],
    code: /^(SubnetNotFound|InvalidSecurityGroup|ValidationError)$/,
    message: /not found|does not exist|cannot be found|are invalid/i,
    why: 'a resource that was just created is not known to Elastic Load Balancing yet',
    onlyRecentlyCreated: true,
    seconds: 60,
  },
  {
    commands: ['CreateListener', 'ModifyListener', 'AddListenerCertificates'],
    code: /^(CertificateNotFound|UnsupportedCertificate)$/,
    why: 'a certificate that was just issued is not known to Elastic Load Balancing yet',
    onlyRecentlyCreated: true,
    seconds: 300,
  },
  {
    commands: ['ModifyLoadBalancerAttributes'],
    code: 'InvalidConfigurationRequest',
    message: /^Access Denied for bucket/,
    why: 'Elastic Load Balancing does not see the policy of the bucket yet',
    seconds: 120,
  },
  {
    commands: ['DeleteCertificate'],
    code: /^(ResourceInUse|Conflict)(Exception)?$/,
    why: 'a certificate still counts as in use for a while after the last listener stopped using it',
    seconds: 1200,
  },
];
