/** Generates aws-managed-policies.json: the list of the policies that AWS manages, with the documents of some of them. */
// Usage: npx tsx sandbox/models/generate-managed-policies.ts FILE
// FILE is moto/iam/aws_managed_policies.py of moto, which contains what IAM's ListPolicies and GetPolicyVersion returned:
// https://github.com/getmoto/moto/blob/master/moto/iam/aws_managed_policies.py
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A policy in the file, with only the members that this script reads. */
interface PublishedPolicy {
  readonly Path: string;
  readonly DefaultVersionId: string;
  readonly CreateDate: string;
  readonly UpdateDate: string;
  readonly Document: { readonly Version: string; readonly Statement: unknown };
}

/** Matches the names of policies whose documents are kept: those for containers and what they usually use. */
const WITH_DOCUMENT = new RegExp(
  [
    '^(AmazonECS|AmazonEC2ContainerService|AmazonEC2ContainerRegistry|AWSCodeDeployRoleForECS|AWSElasticLoadBalancing).*',
    '^AWSApplicationAutoscalingECSServicePolicy$',
    '^CloudWatch(LogsFullAccess|LogsReadOnlyAccess|AgentServerPolicy)$',
    '^AWSXRayDaemonWriteAccess$',
    '^AmazonSSM(ReadOnlyAccess|ManagedInstanceCore)$',
    '^SecretsManagerReadWrite$',
    '^Amazon(S3|DynamoDB|SQS|SNS)(FullAccess|ReadOnlyAccess)$',
    '^(PowerUserAccess|AdministratorAccess)$',
  ].join('|'),
);

function readPolicies(file: string): Readonly<Record<string, PublishedPolicy>> {
  const [, json] = /"""([^]*)"""/.exec(readFileSync(file, 'utf8')) ?? [];
  if (json === undefined) throw new Error(`${file} contains no list of policies`);
  return JSON.parse(json) as Record<string, PublishedPolicy>;
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('The file of the policies is missing');
const lines = Object.entries(readPolicies(file)).map(([name, policy]) => {
  const { Version, Statement } = policy.Document;
  const row = {
    version: policy.DefaultVersionId,
    created: policy.CreateDate,
    updated: policy.UpdateDate,
    ...(WITH_DOCUMENT.test(name) && { document: { Version, Statement } }),
  };
  return `  ${JSON.stringify(`${policy.Path}${name}`)}: ${JSON.stringify(row)}`;
});
writeFileSync(join(import.meta.dirname, 'aws-managed-policies.json'), `{\n${lines.join(',\n')}\n}\n`);
