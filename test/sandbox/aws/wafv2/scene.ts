// The scene for tests of WAF: short names for the calls.
import {
  AssociateWebACLCommand,
  CreateIPSetCommand,
  CreateWebACLCommand,
  GetWebACLCommand,
  GetWebACLForResourceCommand,
  type CreateWebACLCommandInput,
  type Rule,
  type Statement,
} from '@aws-sdk/client-wafv2';
import type { SandboxOptions } from '../../../../sandbox/sandbox.ts';
import { required, scene } from '../elbv2/scene.ts';

export const VisibilityConfig = {
  SampledRequestsEnabled: false,
  CloudWatchMetricsEnabled: false,
  MetricName: 'edge',
};

/** A rule that blocks, or has another action. */
export const rule = (
  Name: string,
  Priority: number,
  statement: Statement,
  Action: Rule['Action'] = { Block: {} },
): Rule => ({
  ...{ Name, Priority, Action, VisibilityConfig },
  Statement: statement,
});

/** A statement that matches the start of the path. */
export const pathStartsWith = (text: string): Statement => ({
  ByteMatchStatement: {
    SearchString: Buffer.from(text),
    FieldToMatch: { UriPath: {} },
    TextTransformations: [{ Priority: 0, Type: 'NONE' }],
    PositionalConstraint: 'STARTS_WITH',
  },
});

export async function wafScene(options: SandboxOptions = {}) {
  const started = await scene(options);
  const { wafv2 } = started;
  const createWebAcl = (overrides: Partial<CreateWebACLCommandInput> = {}) =>
    wafv2.send(
      new CreateWebACLCommand({
        ...{ Name: 'edge', Scope: 'REGIONAL', DefaultAction: { Allow: {} }, VisibilityConfig },
        ...overrides,
      }),
    );
  const makeWebAcl = async (overrides: Partial<CreateWebACLCommandInput> = {}) =>
    required((await createWebAcl(overrides)).Summary?.ARN);
  const makeIpSet = async (Name: string, ...Addresses: string[]) =>
    required(
      (
        await wafv2.send(
          new CreateIPSetCommand({ Name, Scope: 'REGIONAL', IPAddressVersion: 'IPV4', Addresses }),
        )
      ).Summary?.ARN,
    );
  const associate = (WebACLArn: string, ResourceArn: string) =>
    wafv2.send(new AssociateWebACLCommand({ WebACLArn, ResourceArn }));
  const webAclOf = async (ResourceArn: string) =>
    (await wafv2.send(new GetWebACLForResourceCommand({ ResourceArn }))).WebACL?.ARN;
  const getWebAcl = (ARN: string) => wafv2.send(new GetWebACLCommand({ ARN }));
  return { ...started, createWebAcl, makeWebAcl, makeIpSet, associate, webAclOf, getWebAcl };
}
