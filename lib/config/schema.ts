/** What a user writes in `slipway.config.ts`, field by field; what ties fields together is in check.ts. */
import * as z from 'zod';
import { FARGATE_SIZES } from './fargate.ts';
import * as rules from './field-rules.ts';

const text = (rule: rules.Rule) =>
  z.string().refine((value) => rule(value) === undefined, { error: ({ input }) => rule(String(input)) });

const whole = (from: number, to: number) => z.int().min(from).max(to);

/** Refinements of a container that run even when one of its fields is refused: all mistakes at once. */
const always = ({ value }: { value: unknown }): boolean => typeof value === 'object' && value !== null;

// AWS's own are 5 good checks 30 s apart, which a recovery would wait for. `200-299`, since a healthy API may well
// answer 204. The ranges are those of
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
const Health = z.strictObject({
  path: text(rules.healthPath).default('/').describe('the path that is asked, with its slash'),
  intervalSeconds: whole(5, 300).default(10).describe('seconds between two checks'),
  timeoutSeconds: whole(2, 120).default(5).describe('seconds that an answer may take'),
  healthyThreshold: whole(2, 10).default(2).describe('good checks in a row that make it healthy again'),
  unhealthyThreshold: whole(2, 10).default(2).describe('bad checks in a row that make it unhealthy'),
  matcher: text(rules.matcher).default('200-299').describe('the status codes that are good'),
});

const Container = z
  .strictObject({
    source: text(rules.folder)
      .optional()
      .describe('the folder of its source, relative to the configuration; Slipway makes the image'),
    image: text(rules.imageReference).optional().describe('the reference of an image, in place of a source'),
    port: whole(1, 65_535).optional().describe('the port that it listens on'),
    path: text(rules.routePath)
      .optional()
      .describe('the path that is routed to it, with all below; without one it is not reached from outside'),
    protocol: z
      .enum(['HTTP', 'HTTPS'])
      .default('HTTP')
      .describe('what it speaks on its port; the certificate of one that speaks HTTPS is not checked'),
    health: Health.prefault({}).describe('how to find out whether it is well'),
    environment: z
      .record(
        z.string(),
        text(rules.processText).describe('the value of a variable; numbers and booleans go in quotes'),
      )
      .default({})
      .describe('environment variables by name'),
    command: z
      .array(text(rules.processText).describe('the program, or one argument'))
      .min(1)
      .optional()
      .describe("the command in place of the image's own, e.g. ['node', 'main.js']"),
    // AWS's own default, as is that of `stopSeconds`.
    essential: z.boolean().default(true).describe('whether the task stops when this container does'),
    // A program that was broken into can then not be replaced, nor anything be left behind.
    readOnlyRoot: z.boolean().default(true).describe('whether its root file system is read-only'),
    user: text(rules.user)
      .optional()
      .describe("who it runs as; 1000:1000 for a source, and the image's own user for an image"),
    // Fargate's range: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    stopSeconds: whole(2, 120).default(30).describe('seconds between SIGTERM and SIGKILL'),
  })
  .refine(({ source, image }) => source !== undefined || image !== undefined, {
    path: ['source'],
    error: 'Give source, the folder of its program, or image, the reference of an image.',
    when: always,
  })
  .refine(({ source, image }) => source === undefined || image === undefined, {
    path: ['image'],
    error: 'Remove image or source: a container has one of them.',
    when: always,
  });

// The smallest task of Fargate: a stack costs little until someone asks for more.
const Service = z.strictObject({
  cpu: z
    .literal([...FARGATE_SIZES.keys()])
    .default(256)
    .describe('CPU units of a task; 1024 are one virtual CPU'),
  memory: whole(1, 249_856)
    .default(512)
    .describe('MiB of memory of a task, one of those that go with its cpu'),
  // The quota of tasks a service: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
  count: whole(0, 5000).default(1).describe('how many tasks run; 0 pauses the service'),
  // Longer than a cold start of Node on a quarter of a CPU, with room; ECS takes any 32-bit number.
  graceSeconds: whole(0, 2_147_483_647)
    .default(60)
    .describe("seconds after a task's start in which failing health checks do not count"),
  containers: z
    .record(z.string(), Container.describe('one container'))
    .describe('containers by name: they run in one task and reach each other on localhost'),
});

const Domain = z.strictObject({
  name: text(rules.domainName).describe('the DNS name of the stack, e.g. api.example.com'),
  zone: text(rules.domainName).describe('the hosted zone that the name lies in, e.g. example.com'),
  // A zone costs money, and hides an older one of the same name: it is made only for those who say so.
  createZone: z.boolean().default(false).describe('whether the stack creates the zone and owns it'),
});

const Network = z.strictObject({
  // The most room there is, in the block that most examples use.
  cidr: text(rules.vpcBlock).default('10.0.0.0/16').describe('the block of the VPC, /16 to /24'),
  // What a load balancer needs.
  zones: whole(2, 6).default(2).describe('in how many availability zones'),
});

/** The days that CloudWatch Logs keeps events: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** A stack as it is written, and with its defaults once it is parsed. */
export const Stack = z.strictObject({
  name: text(rules.stackName).describe('the name of the stack; with the stage it begins every name in AWS'),
  region: text(rules.region).describe('the AWS region, e.g. eu-west-1'),
  domain: Domain.optional().describe('a DNS name for the load balancer'),
  network: Network.prefault({}).describe('the VPC'),
  // Two weeks: a holiday later, the reason is still there to be read.
  logRetentionDays: z.literal(RETENTION_DAYS).default(14).describe('days that log events are kept'),
  idleTimeoutSeconds: whole(1, 4000)
    .default(60) // AWS's own
    .describe('seconds that the load balancer keeps an idle connection'),
  // AWS's own is 300, which every deploy and every teardown would wait for.
  deregistrationDelaySeconds: whole(0, 3600)
    .default(10)
    .describe('seconds that a task on its way out may finish its requests in'),
  builder: z
    .enum(['auto', 'bundle', 'docker'])
    .default('auto')
    .describe('how images are made: bundled without Docker, by Docker, or whichever is there'),
  tags: z
    .record(z.string(), text(rules.tagValue).describe('the value of a tag'))
    .default({})
    .describe('tags for everything in AWS that takes them'),
  services: z
    .record(z.string(), Service.describe('one service'))
    .describe('services by name: each runs its containers together, as one task'),
});

/** A stack as a user writes it. */
export type StackInput = z.input<typeof Stack>;
/** A stack with its defaults. */
export type StackOutput = z.output<typeof Stack>;
