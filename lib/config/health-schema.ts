/** The schema of a container's field `health`: the checks by the load balancer, and by ECS inside the task. */
import * as z from 'zod';
import * as rules from './field-rules.ts';
import { matcher } from './matcher-rules.ts';

const { integer, string } = rules;

/** The fields of a health check that concern the check inside the container. */
const ownHealthSettings = {
  command: z
    .array(string(rules.processText).describe('the program, or one argument'))
    .min(1)
    .optional()
    .describe(
      'a command that checks it inside the container, instead of a request there; exit code 0 means healthy, e.g. ["node", "check.js"] or ["CMD-SHELL", "pg_isready -q"]',
    ),
  // ECS's range: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
  startSeconds: integer(0, 300)
    .default(30)
    .describe('seconds after its start in which failures of the check inside the container do not count'),
};

// AWS's defaults would make every recovery wait for 5 successful checks 30 s apart, so the defaults here are lower. The matcher is
// `200-299` because a healthy API may answer 204. The ranges are those of
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
export const Health = z.strictObject({
  path: string(rules.healthPath)
    .optional()
    .describe(
      'the path to request, with its leading slash; by default the path of the container, or else /; with protocol GRPC, /AWS.ALB/healthcheck',
    ),
  intervalSeconds: integer(5, 300).default(10).describe('seconds between two checks'),
  timeoutSeconds: integer(2, 120).default(5).describe('seconds to wait for a response'),
  healthyThreshold: integer(2, 10)
    .default(2)
    .describe('consecutive successful checks after which it is healthy'),
  unhealthyThreshold: integer(2, 10)
    .default(2)
    .describe('consecutive failed checks after which it is unhealthy'),
  matcher: string(matcher)
    .optional()
    .describe(
      'the status codes that count as healthy: by default 200-299, and 12 with protocol GRPC, whose codes are those of gRPC',
    ),
  ...ownHealthSettings,
});
