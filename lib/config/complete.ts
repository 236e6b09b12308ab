/** Completes a configuration that the schema has accepted. Reads only the files that decide how sources start. */
import { resolve } from 'node:path';
import { hasHiddenNode, hasNode, userOfProgram } from '../program/decide-start.ts';
import type {
  AccessLogs,
  Builder,
  Config,
  Container,
  Deploy,
  HealthCheck,
  Source,
  Target,
  Stickiness,
} from './config.ts';
import { STICKY_SECONDS } from './balancing-fields.ts';
import { DeployOptions, STRATEGIES } from './deploy-schema.ts';
import { startSettingsOf } from './program.ts';
import { DEFAULT_LOG_DAYS } from './edge-fields.ts';
import { readEnvironmentFile } from './environment-file.ts';
import { Health } from './health-schema.ts';
import { isPattern } from './route-field-rules.ts';
import type { StackOutput } from './schema.ts';

/** The values that complete a configuration. */
export interface CompletionContext {
  readonly stage: string;
  readonly target: Target;
  /** The folder that sources are relative to. */
  readonly folder: string;
  /** The project, if the configuration does not name one. */
  readonly project?: string | undefined;
  /** Replaces the builder in the configuration. */
  readonly builder?: Builder | undefined;
  /** Replaces the name in the configuration: `--name`. */
  readonly name?: string | undefined;
}

type ServiceOutput = StackOutput['services'][string];
type ContainerOutput = ServiceOutput['containers'][string];

/**
 * Returns the complete configuration of a stack. Every service and container has its name in a field, and every folder is
 * absolute.
 */
export const completeConfig = (
  stack: StackOutput,
  { stage, target, folder, builder, project, name }: CompletionContext,
): Config => ({
  ...stack,
  name: name ?? stack.name,
  stage,
  target,
  project: stack.project ?? project,
  domain: stack.domain && {
    ...stack.domain,
    zone: stack.domain.zone,
    zoneId: stack.domain.zoneId,
    certificate: stack.domain.certificate,
  },
  loadBalancer: stack.loadBalancer && {
    ...stack.loadBalancer,
    arn: stack.loadBalancer.arn,
    listenerArn: stack.loadBalancer.listenerArn,
  },
  permissionsBoundary: stack.permissionsBoundary,
  clients: stack.clients,
  waf: stack.waf,
  insights: stack.insights,
  accessLogs: completeAccessLogs(stack.accessLogs),
  builder: builder ?? stack.builder,
  services: Object.entries(stack.services).map(([name, service]) => ({
    name,
    ...service,
    taskRole: service.taskRole,
    executionRole: service.executionRole,
    deploy: completeDeploy(service.deploy),
    containers: Object.entries(service.containers).map(([container, fields]) =>
      completeContainer(name, container, fields, folder),
    ),
  })),
});

/** Slipway does not change a bucket of the user, so the logs in it have no end. */
function completeAccessLogs(accessLogs: StackOutput['accessLogs']): AccessLogs | undefined {
  if (accessLogs === false) return undefined;
  const fields = accessLogs === true ? {} : accessLogs;
  return fields.bucket === undefined ? { ...fields, days: fields.days ?? DEFAULT_LOG_DAYS } : fields;
}

/** A strategy that is only named has all the defaults; options that name no strategy belong to a rolling deployment. */
export function completeDeploy(deploy: ServiceOutput['deploy']): Deploy {
  const options = typeof deploy === 'string' ? DeployOptions.parse({ [deploy]: {} }) : deploy;
  const { alarms, circuitBreaker } = options;
  const strategy = STRATEGIES.find((name) => options[name] !== undefined) ?? 'rolling';
  return { alarms, circuitBreaker, strategy, bakeMinutes: undefined, ...options[strategy] } as Deploy;
}

const completeContainer = (
  service: string,
  name: string,
  {
    source,
    image,
    entry,
    dockerfile,
    target,
    context,
    buildArgs,
    ulimits,
    stickiness,
    ...fields
  }: ContainerOutput,
  folder: string,
): Container => {
  const built =
    source === undefined
      ? undefined
      : completeSource({ source, entry, dockerfile, target, context, buildArgs }, folder);
  return {
    name,
    key: `${service}-${name}`,
    ...fields,
    image: built ?? { reference: image ?? '' },
    port: fields.port,
    ...completePaths(fields),
    health: completeHealth(fields),
    ...(stickiness !== undefined && stickiness !== false && { stickiness: completeStickiness(stickiness) }),
    environmentFile:
      fields.environmentFile === undefined ? undefined : resolve(folder, fields.environmentFile),
    registryCredentials: fields.registryCredentials,
    environment: completeEnvironment(fields, folder),
    command: fields.command,
    ...(ulimits && { ulimits: { nofile: ulimits.nofile } }),
    user: fields.user ?? (built && userOfProgram(built.source, built)),
    ...(built && !hasNode(built.source, startSettingsOf(built, fields)) && { lacksNode: true }),
    ...(built && hasHiddenNode(built.source, startSettingsOf(built, fields)) && { hidesNode: true }),
  };
};

/** Makes the folders absolute, and leaves out the fields that are not set. */
const completeSource = ({ source, context, ...fields }: Source, folder: string): Source => ({
  ...(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as typeof fields),
  ...(context === undefined ? {} : { context: resolve(folder, context) }),
  source: resolve(folder, source),
});

/** A container with only routes counts as routed by the first literal path of a route. */
function completePaths({
  path,
  stripPath,
  routes,
}: ContainerOutput): Pick<Container, 'path' | 'paths' | 'stripPath' | 'routes'> {
  const paths = [path ?? []].flat();
  return {
    path: paths[0] ?? (routes && literalPathOf(routes)),
    ...((paths.length > 1 || routes) && { paths }),
    ...(stripPath && { stripPath }),
    ...(routes && { routes }),
  };
}

const completeStickiness = (stickiness: NonNullable<ContainerOutput['stickiness']>): Stickiness =>
  typeof stickiness === 'object'
    ? stickiness
    : { seconds: typeof stickiness === 'number' ? stickiness : STICKY_SECONDS };

const literalPathOf = (routes: NonNullable<ContainerOutput['routes']>): string =>
  routes.flatMap(({ paths }) => paths ?? []).find((text) => !isPattern(text)) ?? '/';

/**
 * A health check without a path requests the path of the container, since the program has to answer requests there. A program
 * that gets other paths than clients send may not know that path. For gRPC, AWS's defaults are used: a method that no program has,
 * and the code of that answer.
 */
function completeHealth({
  health,
  path,
  stripPath,
  routes,
  protocol,
}: Pick<ContainerOutput, 'health' | 'path' | 'stripPath' | 'routes' | 'protocol'>): HealthCheck {
  const [first] = [path ?? []].flat();
  const literal = stripPath ? '/' : (first ?? (routes && unchangedPathOf(routes)));
  const defaults =
    protocol === 'GRPC'
      ? { path: '/AWS.ALB/healthcheck', matcher: '12' }
      : { path: literal ?? '/', matcher: '200-299' };
  const fields = health ?? Health.parse({});
  return { ...fields, path: fields.path ?? defaults.path, matcher: fields.matcher ?? defaults.matcher };
}

const unchangedPathOf = (routes: NonNullable<ContainerOutput['routes']>): string =>
  routes.some(({ stripPath, rewrite }) => stripPath || rewrite) ? '/' : literalPathOf(routes);

/**
 * Adds the variables of the file that neither environment nor secrets set, and PORT, because many programs and frameworks listen
 * on it. Others ignore it.
 */
function completeEnvironment(
  { environment, environmentFile, secrets, port }: ContainerOutput,
  folder: string,
): Container['environment'] {
  const fromFile = readEnvironmentFile(environmentFile && resolve(folder, environmentFile));
  const added = Object.entries(fromFile).filter(([name]) => !(name in environment) && !(name in secrets));
  const variables = { ...Object.fromEntries(added), ...environment };
  const hasPort = port === undefined || 'PORT' in variables || 'PORT' in secrets;
  return hasPort ? variables : { ...variables, PORT: String(port) };
}
