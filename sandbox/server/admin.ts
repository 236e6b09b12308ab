/** The admin API of the sandbox on `/_sandbox/…`: census, journal, faults, weather and reset. */
import * as z from 'zod';
import { delegatedServers } from '../aws/route53/resolve.ts';
import { census } from '../census.ts';
import { DELAYED_FAILURE_OPERATIONS } from '../chaos/delayed-failures.ts';
import { APPEARANCES, type Fault } from '../chaos/faults.ts';
import { sandboxContents } from './contents.ts';
import type { GatewayContext } from './gateway.ts';
import type { WireRequest, WireResponse } from '../protocol/wire.ts';
import type { World } from '../world/world.ts';

const jsonResponse = (value: unknown, status = 200): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(value, null, 2)}\n`,
});

/** Admin pages, keyed by `METHOD name`. */
export type AdminPages = Readonly<Record<string, (request: WireRequest) => unknown>>;

/**
 * Makes the admin pages of a sandbox.
 * @param additionalPages the pages of the data plane and the process
 */
export function makeAdminPages(world: World, context: GatewayContext, additionalPages: AdminPages) {
  const { journal, faults, chaos } = context;
  const pages: AdminPages = {
    'GET census': () => census(world),
    'GET name-servers': ({ query }) => {
      // Zones belong to the whole account, so any region has them.
      const [anyRegion] = world.regions();
      return anyRegion ? delegatedServers(anyRegion, query.get('name') ?? '') : [];
    },
    'GET journal': () => journal.entries(),
    'GET contents': () => sandboxContents(world, context),
    'GET faults': () => faults.waiting(),
    'POST faults': ({ body }) => {
      for (const fault of readFaults(body)) faults.add(fault);
      return faults.waiting();
    },
    'POST clear-faults': () => {
      faults.clear();
      return {};
    },
    'GET weather': () => chaos.weather,
    'POST weather': ({ body }) => chaos.adjust(parseJson(body)),
    'POST reset': () => {
      world.reset();
      journal.clear();
      faults.clear();
      chaos.reset();
      return {};
    },
    ...additionalPages,
  };
  return async (request: WireRequest): Promise<WireResponse | undefined> => {
    const page = pages[`${request.method} ${request.path.slice('/_sandbox/'.length)}`];
    if (!page) return undefined;
    world.agenda.runDue();
    try {
      return jsonResponse(await page(request));
    } catch (error) {
      return jsonResponse({ error: error instanceof Error ? error.message : String(error) }, 400);
    }
  };
}

const MATCHED_CALLS = {
  service: z.string().optional(),
  operation: z.string().optional(),
  mutating: z.boolean().optional(),
  nth: z.int().min(1).default(1),
  times: z.union([z.int().min(1), z.literal('always')]).optional(),
};
const FAULT_SCHEMA = z.discriminatedUnion('kind', [
  z.strictObject({
    ...MATCHED_CALLS,
    kind: z.literal('refused'),
    code: z.string().default('InternalError'),
    message: z.string().default('An internal error has occurred'),
    status: z.int().min(400).max(599).default(500),
  }),
  z.strictObject({ ...MATCHED_CALLS, kind: z.literal('answer-lost') }),
  z.strictObject({ ...MATCHED_CALLS, kind: z.literal('lost'), looks: z.enum(APPEARANCES).default('reset') }),
  z.strictObject({
    ...MATCHED_CALLS,
    kind: z.literal('not-done'),
    looks: z.enum(APPEARANCES).default('reset'),
  }),
  z.strictObject({ ...MATCHED_CALLS, kind: z.literal('slow'), ms: z.number().min(0).max(3_600_000) }),
  z.strictObject({
    ...MATCHED_CALLS,
    kind: z.literal('fails-later'),
    operation: z.enum(DELAYED_FAILURE_OPERATIONS),
    code: z.string().default('InternalError'),
    message: z.string().default('An internal error has occurred'),
  }),
]);

/** The kinds of faults that can be requested. */
export const FAULT_KINDS: readonly string[] = FAULT_SCHEMA.options.map(({ shape }) => shape.kind.value);

const parseJson = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString());

/** @throws Error for invalid faults; the message names the invalid members */
function readFaults(body: Uint8Array): Fault[] {
  const { data, error } = z.array(FAULT_SCHEMA).safeParse([parseJson(body)].flat());
  if (data) return data;
  throw new Error(
    error.issues.map(({ path, message }) => `${path.slice(1).join('.')}: ${message}`).join('; '),
  );
}
