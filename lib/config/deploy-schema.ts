/** The schema of a service's field `deploy`: how ECS brings a new version into service, and when it goes back to the old one. */
import * as z from 'zod';
import * as rules from './field-rules.ts';

/** The strategies of ECS, by the names that a configuration uses. */
export const STRATEGIES = ['rolling', 'blueGreen', 'canary', 'linear'] as const;

/** The maximum of each bake time, in minutes: a day. */
const MAX_MINUTES = 1440;
const minutes = () => z.int().min(0).max(MAX_MINUTES);

// An alarm needs minutes to notice a fault: one period of its metric, and the time that CloudWatch takes to receive it.
const bakeMinutes = () =>
  minutes().default(5).describe('minutes that the old tasks keep running after the last shift of requests');
const stepMinutes = (byDefault: number) =>
  minutes().default(byDefault).describe('minutes between one shift of requests and the next');
/** AWS accepts one decimal. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html */
const percent = (least: number, byDefault: number) =>
  z.number().min(least).max(100).multipleOf(0.1).default(byDefault);

// The defaults of percent and stepMinutes are AWS's.
export const DeployOptions = z
  .strictObject({
    rolling: z
      .strictObject({
        bakeMinutes: minutes()
          .optional()
          .describe(
            'minutes for which ECS watches the alarms after the last old task has stopped; by default, ECS chooses',
          ),
      })
      .optional()
      .describe('replaces old tasks with new ones, step by step'),
    blueGreen: z
      .strictObject({ bakeMinutes: bakeMinutes() })
      .optional()
      .describe('starts all new tasks, then sends all requests to them at once'),
    canary: z
      .strictObject({
        percent: percent(0.1, 5).describe('the percentage of the requests in the first shift'),
        stepMinutes: stepMinutes(10),
        bakeMinutes: bakeMinutes(),
      })
      .optional()
      .describe('starts all new tasks, sends a few requests to them, and after a while all requests'),
    linear: z
      .strictObject({
        percent: percent(3, 10).describe('the percentage of the requests in each shift'),
        stepMinutes: stepMinutes(6),
        bakeMinutes: bakeMinutes(),
      })
      .optional()
      .describe('starts all new tasks, and sends more and more requests to them in equal steps'),
    alarms: z
      .array(rules.string(rules.alarmName).describe('the name of an alarm'))
      .max(100)
      .default([])
      .describe('the names of CloudWatch alarms: if one goes off, ECS rolls the deployment back'),
    circuitBreaker: z
      .strictObject({
        thresholdType: z
          .enum(['boundedPercent', 'unboundedPercent', 'count'])
          .default('boundedPercent')
          .describe(
            'whether threshold is a number of tasks or a percentage of count; a bounded percentage is at least 3 and at most 200 tasks',
          ),
        threshold: z.int().min(1).max(10_000).default(50).describe('how many tasks may fail'),
        resetOnHealthyTask: z
          .boolean()
          .default(true)
          .describe('whether the count of failed tasks starts again with each healthy task'),
      })
      .prefault({})
      .describe('when ECS gives up on a deployment whose tasks fail, and rolls it back'),
  })
  .superRefine((options, context) => {
    const [first, ...others] = STRATEGIES.filter((strategy) => options[strategy] !== undefined);
    for (const other of others)
      context.addIssue({
        code: 'custom',
        path: [other],
        message: `Remove it or ${first}: a deployment has one strategy.`,
      });
  });

export const Deploy = z
  .union([z.enum(STRATEGIES), DeployOptions])
  .default('rolling')
  .describe('how a new version replaces the old one');
