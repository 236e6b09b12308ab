/** The schema of `slipway.config.ts`, field by field; rules that involve several fields are in check.ts. */
import * as z from 'zod';
import { balancingFields } from './balancing-fields.ts';
import { containerSettings } from './container-settings.ts';
import { Deploy } from './deploy-schema.ts';
import { Domain } from './domain-schema.ts';
import { edgeFields } from './edge-fields.ts';
import { ARCHITECTURES, FARGATE_SIZES } from './fargate.ts';
import * as rules from './field-rules.ts';
import { Health } from './health-schema.ts';
import { Network } from './network-schema.ts';
import { servicePermissions, stackPermissions } from './permission-fields.ts';
import { variableSources } from './secret-fields.ts';
import { routingFields, StackRoute } from './route-schema.ts';

const { integer, string } = rules;

/** Lets a refinement run even when a field of the container is invalid, so that all mistakes are reported together. */
const evenIfInvalid = ({ value }: { value: unknown }): boolean => typeof value === 'object' && value !== null;

const Container = z
  .strictObject({
    source: string(rules.folder)
      .optional()
      .describe('the folder of its source, relative to the configuration; Slipway builds the image'),
    entry: string(rules.file)
      .optional()
      .describe('the file that starts the program, relative to source; by default Slipway finds it'),
    dockerfile: string(rules.file)
      .optional()
      .describe('the Dockerfile of the source, relative to it; by default Dockerfile'),
    target: string(rules.processText)
      .optional()
      .describe('the stage of the Dockerfile that becomes the image; by default the last'),
    context: string(rules.folder)
      .optional()
      .describe(
        'the folder that paths in the Dockerfile refer to, relative to the configuration; by default source',
      ),
    buildArgs: z
      .record(z.string(), string(rules.processText).describe('the value of a build argument'))
      .optional()
      .describe('the build arguments of the Dockerfile by name; they are no place for secrets'),
    image: string(rules.imageReference).optional().describe('the reference of an image, instead of a source'),
    port: integer(1, 65_535).optional().describe('the port that it listens on'),
    ...routingFields,
    protocol: z
      .enum(['HTTP', 'HTTPS', 'HTTP2', 'GRPC'])
      .default('HTTP')
      .describe(
        'the protocol on its port; with HTTPS, its certificate is not checked; HTTP2 and GRPC are without TLS',
      ),
    health: Health.optional().describe('how to find out whether it is healthy'),
    ...balancingFields,
    environment: z
      .record(
        z.string(),
        string(rules.processText).describe('the value of a variable; numbers and booleans go in quotes'),
      )
      .default({})
      .describe('environment variables by name; PORT is the port, unless it is set here'),
    ...variableSources,
    command: z
      .array(string(rules.processText).describe('the program, or one argument'))
      .min(1)
      .optional()
      .describe("the command instead of the image's own, e.g. ['node', 'main.js']"),
    // AWS's default, like the default of `stopSeconds`.
    essential: z.boolean().default(true).describe('whether the task stops when this container does'),
    // With a read-only root, an attacker can neither replace the program nor leave files behind.
    readOnlyRoot: z
      .boolean()
      .default(true)
      .describe('whether its root file system is read-only, except for /tmp'),
    user: string(rules.user)
      .optional()
      .describe(
        "the user that it runs as; by default 1000:1000 for a source, and the image's own user for an image",
      ),
    // Fargate's range: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    stopSeconds: integer(2, 120).default(30).describe('seconds between SIGTERM and SIGKILL'),
    ...containerSettings,
  })
  .refine(({ source, image }) => source !== undefined || image !== undefined, {
    path: ['source'],
    error: 'Set source (the folder of its program) or image (the reference of an image).',
    when: evenIfInvalid,
  })
  .refine(({ source, image }) => source === undefined || image === undefined, {
    path: ['image'],
    error: 'Remove image or source: a container has only one of them.',
    when: evenIfInvalid,
  })
  .refine(
    ({ image, entry, dockerfile, target, context, buildArgs }) =>
      image === undefined ||
      [entry, dockerfile, target, context, buildArgs].every((field) => field === undefined),
    {
      path: ['image'],
      error:
        'Remove image, or the fields that only a source has: entry, dockerfile, target, context and buildArgs.',
      when: evenIfInvalid,
    },
  )
  .refine(
    ({ port, path, routes, health }) =>
      !health ||
      port !== undefined ||
      path !== undefined ||
      routes !== undefined ||
      (health.command !== undefined && health.path === undefined),
    {
      path: ['port'],
      error:
        'Add the port on which the container answers health checks, or remove health: without a port, nothing is checked.',
      when: evenIfInvalid,
    },
  )
  .refine(
    ({ image, port, path, routes, health }) =>
      health?.command !== undefined ||
      !health ||
      image === undefined ||
      port === undefined ||
      path !== undefined ||
      routes !== undefined,
    {
      path: ['path'],
      error:
        'Add the path that is routed to the container, or health.command, or remove health: Slipway does not know which program of an image can send a request.',
      when: evenIfInvalid,
    },
  );

// The default is Fargate's smallest task, so that a stack costs little.
const Service = z.strictObject({
  cpu: z
    .literal([...FARGATE_SIZES.keys()])
    .default(256)
    .describe('CPU units of a task; 1024 units are one virtual CPU'),
  memory: integer(1, 249_856)
    .default(512)
    .describe('MiB of memory of a task, one of the sizes that Fargate offers with its cpu'),
  architecture: z
    .enum(ARCHITECTURES)
    .default('x86_64')
    .describe('the processors that its tasks run on; the images of its containers must be for them'),
  // The quota of tasks per service: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
  count: integer(0, 5000).default(1).describe('how many tasks run; 0 pauses the service'),
  // Comfortably longer than a cold start of Node on a quarter of a CPU. ECS accepts any 32-bit number.
  graceSeconds: integer(0, 2_147_483_647)
    .default(60)
    .describe("seconds after a task's start in which failing health checks do not count"),
  deploy: Deploy,
  ...servicePermissions,
  containers: z
    .record(z.string(), Container.describe('one container'))
    .describe('containers by name; they run in one task and reach each other on localhost'),
});

/**
 * The numbers of days for which CloudWatch Logs can keep events:
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** The schema of a stack: its input is what a user writes, its output has every default filled in. */
export const Stack = z.strictObject({
  name: string(rules.stackName).describe(
    'the name of the stack; with the stage, it is the prefix of every name in AWS',
  ),
  region: string(rules.region).describe('the AWS region, e.g. eu-west-1'),
  project: string(rules.projectName)
    .optional()
    .describe(
      'the project that the stack belongs to; by default the address of the git remote, else the name in package.json',
    ),
  domain: Domain.optional().describe('a DNS name for the load balancer'),
  network: Network.prefault({}).describe('the VPC'),
  // Two weeks: after a holiday, the logs of an incident still exist.
  logRetentionDays: z.literal(RETENTION_DAYS).default(14).describe('days that log events are kept'),
  idleTimeoutSeconds: integer(1, 4000)
    .default(60) // AWS's default
    .describe(
      'seconds that the load balancer keeps a silent connection, also of a WebSocket or of server-sent events',
    ),
  // AWS's default is 300, which would delay every deployment and every teardown.
  deregistrationDelaySeconds: integer(0, 3600)
    .default(10)
    .describe('seconds that a draining task has to finish its requests'),
  ...edgeFields,
  builder: z
    .enum(['auto', 'bundle', 'docker'])
    .default('auto')
    .describe(
      'how images are built: bundled without Docker, built by Docker, or either, depending on what is available',
    ),
  tags: z
    .record(z.string(), string(rules.tagValue).describe('the value of a tag'))
    .default({})
    .describe('tags for every resource in AWS that can have them'),
  routes: z
    .array(StackRoute.describe('one route'))
    .min(1)
    .optional()
    .describe('routes that the load balancer answers on its own: redirects and fixed responses'),
  ...stackPermissions,
  services: z
    .record(z.string(), Service.describe('one service'))
    .describe('services by name; each runs its containers together, as one task'),
});

export type StackInput = z.input<typeof Stack>;
/** A stack with its defaults. */
export type StackOutput = z.output<typeof Stack>;
