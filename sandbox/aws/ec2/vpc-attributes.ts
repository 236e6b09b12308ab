/** The attributes of a VPC: DNS resolution and DNS hostnames. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import { rowOf } from '../finder.ts';
import { invalidParameter, missingParameter } from './errors.ts';

export const vpcAttributeOperations = {
  DescribeVpcAttribute: {
    inputMembers: ['VpcId', 'Attribute'],
    run(input, region) {
      const { VpcId, enableDnsSupport, enableDnsHostnames } = rowOf(region.ec2.vpcs, input.VpcId);
      switch (input.Attribute) {
        case 'enableDnsSupport':
          return { VpcId, EnableDnsSupport: { Value: enableDnsSupport } };
        case 'enableDnsHostnames':
          return { VpcId, EnableDnsHostnames: { Value: enableDnsHostnames } };
        case 'enableNetworkAddressUsageMetrics':
          return { VpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
        default:
          throw missingParameter('attribute');
      }
    },
  },

  /**
   * Sets one attribute per call. DNS hostnames require DNS support.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
   */
  ModifyVpcAttribute: {
    inputMembers: ['VpcId', 'EnableDnsSupport', 'EnableDnsHostnames'],
    run(input, region) {
      const vpc = rowOf(region.ec2.vpcs, input.VpcId);
      const dnsSupport = input.EnableDnsSupport?.Value;
      const dnsHostnames = input.EnableDnsHostnames?.Value;
      if (dnsSupport !== undefined && dnsHostnames !== undefined) {
        throw refusal('InvalidParameterCombination', 'Fields for multiple attribute types specified');
      }
      if (dnsHostnames && !vpc.enableDnsSupport) {
        throw invalidParameter('DNS hostnames cannot be enabled: DNS support is disabled for this VPC.');
      }
      vpc.enableDnsSupport = dnsSupport ?? vpc.enableDnsSupport;
      vpc.enableDnsHostnames = dnsHostnames ?? vpc.enableDnsHostnames;
      return {};
    },
  },
} satisfies Operations<typeof EC2>;
