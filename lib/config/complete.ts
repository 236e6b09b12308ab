/** Completes a configuration that the schema has accepted. Reads only the files that decide how sources start. */
import { resolve } from 'node:path';
import { hasHiddenNode, hasNode, userOfProgram } from '../program/decide-start.ts';
import type { Builder, Config, Container, Deploy, HealthCheck, Source, Target } from './config.ts';
import { DeployOptions, STRATEGIES } from './deploy-schema.ts';
import { startSettingsOf } from './program.ts';
import { Health, type StackOutput } from './schema.ts';

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
  domain: stack.domain && { ...stack.domain, certificate: stack.domain.certificate },
  clients: stack.clients,
  insights: stack.insights,
  builder: builder ?? stack.builder,
  services: Object.entries(stack.services).map(([name, service]) => ({
    name,
    ...service,
    deploy: completeDeploy(service.deploy),
    containers: Object.entries(service.containers).map(([container, fields]) =>
      completeContainer(name, container, fields, folder),
    ),
  })),
});

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
  { source, image, entry, dockerfile, target, context, buildArgs, ...fields }: ContainerOutput,
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
    path: fields.path,
    health: completeHealth(fields),
    environment: completeEnvironment(fields),
    command: fields.command,
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

/** A health check without a path requests the path of the container, since the program has to answer requests there. */
const completeHealth = ({ health, path }: Pick<ContainerOutput, 'health' | 'path'>): HealthCheck => ({
  ...(health ?? Health.parse({})),
  path: health?.path ?? path ?? '/',
});

/** Adds PORT to the environment, because many programs and frameworks listen on it. Others ignore it. */
const completeEnvironment = ({ environment, port }: ContainerOutput): Container['environment'] =>
  port === undefined || 'PORT' in environment ? environment : { ...environment, PORT: String(port) };
