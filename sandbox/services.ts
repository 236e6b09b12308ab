/** The services of the sandbox with their client packages, wire protocols, operations and events. */
import * as acm from '@aws-sdk/client-acm';
import * as autoscaling from '@aws-sdk/client-application-auto-scaling';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as cloudwatchLogs from '@aws-sdk/client-cloudwatch-logs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as iam from '@aws-sdk/client-iam';
import * as route53 from '@aws-sdk/client-route-53';
import * as s3 from '@aws-sdk/client-s3';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as servicequotas from '@aws-sdk/client-service-quotas';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import * as wafv2 from '@aws-sdk/client-wafv2';
import { acmEvents, acmOperations } from './aws/acm/index.ts';
import { autoscalingOperations } from './aws/autoscaling/index.ts';
import { cloudwatchEvents, cloudwatchOperations } from './aws/cloudwatch/index.ts';
import { ec2Events, ec2Operations } from './aws/ec2/index.ts';
import { ecrEvents, ecrOperations } from './aws/ecr/index.ts';
import { ecsEvents, ecsOperations } from './aws/ecs/index.ts';
import { elbv2Events, elbv2Operations } from './aws/elbv2/index.ts';
import { iamOperations } from './aws/iam/index.ts';
import { logsOperations } from './aws/logs/index.ts';
import { route53Events, route53Operations } from './aws/route53/index.ts';
import { s3Operations } from './aws/s3/index.ts';
import { secretsManagerEvents, secretsManagerOperations } from './aws/secretsmanager/index.ts';
import { serviceQuotasOperations } from './aws/servicequotas/index.ts';
import { ssmOperations } from './aws/ssm/index.ts';
import { stsOperations } from './aws/sts/index.ts';
import { wafv2Operations } from './aws/wafv2/index.ts';
import type { AnyOperation } from './operations.ts';
import { jsonProtocol } from './protocol/json-protocol.ts';
import { queryCompatible } from './protocol/query-compatible.ts';
import { queryProtocol } from './protocol/query-protocol.ts';
import { restXmlProtocol } from './protocol/rest-xml-protocol.ts';
import { s3Protocol } from './protocol/s3-protocol.ts';
import { operationsOf, queryErrorNamesOf, type OperationShape } from './protocol/schemas.ts';
import type { ProtocolChoice, WireProtocol } from './protocol/wire.ts';
import type { Events } from './world/region.ts';

/** A service of the sandbox. */
export interface SandboxService {
  /** The service's name in this project, e.g. `elbv2`. */
  readonly name: string;
  readonly protocolOf: ProtocolChoice;
  /** The shape of every operation of the AWS service, by name. */
  readonly shapes: ReadonlyMap<string, OperationShape>;
  /** The operations that the sandbox supports. */
  readonly operations: Readonly<Record<string, AnyOperation>>;
}

function makeService(
  name: string,
  client: object,
  protocol: WireProtocol | ProtocolChoice,
  operations: object,
): SandboxService {
  const shapes = operationsOf(client);
  for (const operation of Object.keys(operations)) {
    if (!shapes.has(operation)) throw new Error(`${name} has no operation ${operation}`);
  }
  return {
    name,
    protocolOf: typeof protocol === 'function' ? protocol : () => protocol,
    shapes,
    operations: operations as Record<string, AnyOperation>,
  };
}

/** The services, by the name that the credential scope of a signature contains. */
export const services: Readonly<Record<string, SandboxService>> = {
  ec2: makeService(
    'ec2',
    ec2,
    queryProtocol('ec2', 'http://ec2.amazonaws.com/doc/2016-11-15/'),
    ec2Operations,
  ),
  elasticloadbalancing: makeService(
    'elbv2',
    elbv2,
    queryProtocol('query', 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/'),
    elbv2Operations,
  ),
  ecs: makeService('ecs', ecs, jsonProtocol, ecsOperations),
  'application-autoscaling': makeService('autoscaling', autoscaling, jsonProtocol, autoscalingOperations),
  ecr: makeService('ecr', ecr, jsonProtocol, ecrOperations),
  logs: makeService('logs', cloudwatchLogs, jsonProtocol, logsOperations),
  ssm: makeService('ssm', ssm, jsonProtocol, ssmOperations),
  secretsmanager: makeService('secretsmanager', secretsmanager, jsonProtocol, secretsManagerOperations),
  acm: makeService('acm', acm, jsonProtocol, acmOperations),
  wafv2: makeService('wafv2', wafv2, jsonProtocol, wafv2Operations),
  servicequotas: makeService('servicequotas', servicequotas, jsonProtocol, serviceQuotasOperations),
  monitoring: makeService(
    'cloudwatch',
    cloudwatch,
    queryCompatible('http://monitoring.amazonaws.com/doc/2010-08-01/', queryErrorNamesOf(cloudwatch)),
    cloudwatchOperations,
  ),
  iam: makeService(
    'iam',
    iam,
    queryProtocol('query', 'https://iam.amazonaws.com/doc/2010-05-08/', { wholeSeconds: true }),
    iamOperations,
  ),
  sts: makeService(
    'sts',
    sts,
    queryProtocol('query', 'https://sts.amazonaws.com/doc/2011-06-15/', { wholeSeconds: true }),
    stsOperations,
  ),
  route53: makeService(
    'route53',
    route53,
    restXmlProtocol(operationsOf(route53).values()),
    route53Operations,
  ),
  s3: makeService('s3', s3, s3Protocol(operationsOf(s3).values()), s3Operations),
};

/** The scheduled events of all services. */
export const events: Events = {
  ...ec2Events,
  ...elbv2Events,
  ...ecsEvents,
  ...ecrEvents,
  ...cloudwatchEvents,
  ...route53Events,
  ...secretsManagerEvents,
  ...acmEvents,
};
