/** Generates service-principals.json: the services that trust policies can name, without the domain `amazonaws.com`. */
// Usage: npx tsx sandbox/models/generate-service-principals.ts FOLDER FILE
// FOLDER is a copy of the `data` folder of botocore, in which AWS publishes the models of its services:
// https://github.com/boto/botocore/tree/develop/botocore/data
// FILE is the file of AWS's managed policies that generate-managed-policies.ts also reads. Policies name the principals of
// services in conditions such as `iam:PassedToService`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * Principals that neither source contains. AWS's guides name `edgelambda`, `lambda` and `opsworks` (in a listing of IAM's guide),
 * `eks-fargate` and `vpc-flow-logs`. The others are not verified.
 * @see https://github.com/awsdocs/iam-user-guide/blob/main/doc_source/reference_service_principals_listing.md
 * @see https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles-eks-fargate.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-slr.html
 */
const ADDITIONAL = [
  'aws-cloudtrail',
  'batchoperations.s3',
  'billingconsole',
  'build.apprunner',
  'codestar',
  'config-multiaccountsetup',
  'delivery.logs',
  'edgelambda',
  'eks-fargate',
  'eks-fargate-pods',
  'eks-nodegroup',
  'export.rds',
  'hooks.cloudformation',
  'lambda',
  'logdelivery.elasticloadbalancing',
  'logger.cloudfront',
  'logging.s3',
  'member.org.stacksets.cloudformation',
  'monitoring.rds',
  'ops.apigateway',
  'opsworks',
  'resources.cloudformation',
  'scheduler.redshift',
  'stacksets.cloudformation',
  'tasks.apprunner',
  'vpc-flow-logs',
];

const modelsIn = (dataFolder: string): string[] =>
  readdirSync(dataFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /service-2\.json(\.gz)?$/.test(path))
    .map((path) => join(dataFolder, path));

/** Returns the names that a model gives to its service in hosts and signatures. */
function namesInModel(path: string): string[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  const { metadata } = JSON.parse(text) as {
    metadata: { readonly endpointPrefix?: string; readonly signingName?: string };
  };
  return [metadata.endpointPrefix ?? '', metadata.signingName ?? ''].filter((name) =>
    /^[a-z0-9-]+$/.test(name),
  );
}

const namesInPolicies = (text: string): string[] =>
  [...text.matchAll(/"([a-z0-9-]+(?:\.[a-z0-9-]+)*)\.amazonaws\.com"/g)].map(([, name = '']) => name);

const [folder, file] = process.argv.slice(2);
if (folder === undefined || file === undefined) throw new Error('The folder or the file is missing');
const names = new Set([
  ...ADDITIONAL,
  ...modelsIn(folder).flatMap(namesInModel),
  ...namesInPolicies(readFileSync(file, 'utf8')),
]);
const lines = [...names].sort().map((name) => `  ${JSON.stringify(name)}`);
writeFileSync(join(import.meta.dirname, 'service-principals.json'), `[\n${lines.join(',\n')}\n]\n`);
