/** The schema of routes: the conditions of a request, and what the load balancer does with it. */
import * as z from 'zod';
import { routePath, string } from './field-rules.ts';
import * as rules from './route-field-rules.ts';

/** One string, or a list of them. */
const oneOrMore = (item: z.ZodString) => z.union([item, z.array(item).min(1)]);

const conditions = {
  paths: oneOrMore(string(rules.pathPattern).describe('a path, or a pattern with * and ?'))
    .optional()
    .describe(
      'paths with everything below them, or patterns such as /img/*.png; each becomes a separate rule',
    ),
  hosts: oneOrMore(string(rules.hostPattern).describe('a host, or a pattern with * and ?'))
    .optional()
    .describe('hosts that clients ask for, such as www.example.com or *.example.com'),
  methods: oneOrMore(string(rules.method).describe('a request method'))
    .optional()
    .describe('request methods; GET does not include HEAD'),
  headers: z
    .record(
      z.string(),
      oneOrMore(string(rules.conditionValue).describe('a value with * and ?')).describe(
        'the values of a header',
      ),
    )
    .optional()
    .describe('headers with their values; a request needs all of these headers, each with one of its values'),
  queries: z
    .record(
      z.string(),
      oneOrMore(string(rules.conditionValue).describe('a value with * and ?')).describe(
        'the values of a parameter',
      ),
    )
    .optional()
    .describe('parameters of the query string; a request needs all of them, each with one of its values'),
  sources: oneOrMore(string(rules.clientBlock).describe('a CIDR block'))
    .optional()
    .describe('CIDR blocks of the clients that connect to the load balancer'),
  // The range of AWS: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
  priority: z
    .int()
    .min(1)
    .max(50_000)
    .optional()
    .describe('the priority of the rule, lower first; by default the more specific route comes first'),
};

const Rewrite = z.strictObject({
  regex: string(rules.transformRegex).describe('a regular expression of RE2, which may match a part'),
  replace: string(rules.replacement).describe('the text instead of the match; $1 is the first group'),
});

/** A route to a container. */
const ContainerRoute = z.strictObject({
  ...conditions,
  stripPath: z
    .boolean()
    .default(false)
    .describe('whether the program gets the path without the path of the route'),
  rewrite: z
    .strictObject({
      url: Rewrite.optional().describe('changes the path and the query string'),
      host: Rewrite.optional().describe('changes the Host header'),
    })
    .optional()
    .describe('how a request is changed before the program gets it'),
});

/** The fields of a container that say which requests it gets. */
export const routingFields = {
  path: z
    .union([string(routePath), z.array(string(routePath).describe('a path')).min(1)])
    .optional()
    .describe(
      'the path that is routed to it, with everything below, or several; without a path or routes it cannot be reached from outside',
    ),
  stripPath: z
    .boolean()
    .optional()
    .describe('whether the program gets requests without this path: /users instead of /api1/users'),
  routes: z
    .array(ContainerRoute.describe('one route'))
    .min(1)
    .optional()
    .describe('routes by host, method, header, query string or client, and with rewrites'),
};

const Redirect = z.strictObject({
  protocol: z.enum(['HTTP', 'HTTPS']).optional().describe('another protocol'),
  host: string(rules.redirectHost).optional().describe('another host; #{host} is the host of the request'),
  port: string(rules.redirectPort).optional().describe('another port, in quotes'),
  path: string(rules.redirectPath)
    .optional()
    .describe('another path; #{path} is the path of the request without its first slash'),
  query: string(rules.redirectQuery)
    .optional()
    .describe('another query string; #{query} is that of the request'),
  permanent: z.boolean().default(true).describe('whether browsers may remember it: 301 rather than 302'),
});

const Response = z.strictObject({
  status: z.int().min(200).max(599).describe('the status code: 2xx, 4xx or 5xx'),
  body: string(rules.responseBody).optional().describe('the body, up to 1024 characters'),
  contentType: z
    .enum(['text/plain', 'text/css', 'text/html', 'application/javascript', 'application/json'])
    .default('text/plain')
    .describe('the type of the body'),
});

/** A route that the load balancer answers on its own. */
export const StackRoute = z.strictObject({
  ...conditions,
  redirect: Redirect.optional().describe(
    'the URL to which clients are redirected; what it leaves out stays as it is',
  ),
  respond: Response.optional().describe('a fixed response'),
});

/** A route to a container, by other conditions than a path alone. */
export type RouteToContainer = z.output<typeof ContainerRoute>;
/** A route that the load balancer answers on its own. */
export type AnsweredRoute = z.output<typeof StackRoute>;
/** The conditions of a request for which a route applies. */
export type RouteConditions = Partial<
  Pick<AnsweredRoute, 'paths' | 'hosts' | 'methods' | 'headers' | 'queries' | 'sources' | 'priority'>
>;
