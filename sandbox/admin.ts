/** The sandbox about itself: census, journal, faults, weather and reset, on `/_sandbox/…`. */
import * as z from 'zod';
import { census } from './census.ts';
import { CAN_FAIL_LATER } from './chaos/delayed-failures.ts';
import { APPEARANCES, type Fault } from './chaos/faults.ts';
import type { Surroundings } from './gateway.ts';
import type { WireRequest, WireResponse } from './protocol/wire.ts';
import type { World } from './world/world.ts';

const json = (value: unknown, status = 200): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(value, null, 2)}\n`,
});

/** What else the sandbox can say or do about itself; the data plane and the process add theirs. */
export type Pages = Readonly<Record<string, (request: WireRequest) => unknown>>;

/** Makes the pages of a sandbox; `more` adds to them, by `METHOD name`. */
export function admin(world: World, { journal, faults, chaos }: Surroundings, more: Pages) {
  const pages: Pages = {
    'GET census': () => census(world),
    'GET journal': () => journal.entries(),
    'GET faults': () => faults.waiting(),
    'POST faults': ({ body }) => {
      for (const fault of readFaults(body)) faults.add(fault);
      return faults.waiting();
    },
    'GET weather': () => chaos.weather,
    'POST weather': ({ body }) => chaos.adjust(parsed(body)),
    'POST reset': () => {
      world.reset();
      journal.clear();
      faults.clear();
      chaos.reset();
      return {};
    },
    ...more,
  };
  return async (request: WireRequest): Promise<WireResponse | undefined> => {
    const page = pages[`${request.method} ${request.path.slice('/_sandbox/'.length)}`];
    if (!page) return undefined;
    world.agenda.runDue();
    try {
      return json(await page(request));
    } catch (error) {
      return json({ error: error instanceof Error ? error.message : String(error) }, 400);
    }
  };
}

const WHICH = {
  service: z.string().optional(),
  operation: z.string().optional(),
  mutating: z.boolean().optional(),
  nth: z.int().min(1).default(1),
  times: z.union([z.int().min(1), z.literal('always')]).optional(),
};
const FAULT = z.discriminatedUnion('kind', [
  z.strictObject({
    ...WHICH,
    kind: z.literal('refused'),
    code: z.string().default('InternalError'),
    message: z.string().default('An internal error has occurred'),
    status: z.int().min(400).max(599).default(500),
  }),
  z.strictObject({ ...WHICH, kind: z.literal('answer-lost') }),
  z.strictObject({ ...WHICH, kind: z.literal('lost'), looks: z.enum(APPEARANCES).default('reset') }),
  z.strictObject({ ...WHICH, kind: z.literal('not-done'), looks: z.enum(APPEARANCES).default('reset') }),
  z.strictObject({ ...WHICH, kind: z.literal('slow'), ms: z.number().min(0).max(3_600_000) }),
  z.strictObject({
    ...WHICH,
    kind: z.literal('fails-later'),
    operation: z.enum(CAN_FAIL_LATER),
    code: z.string().default('InternalError'),
    message: z.string().default('An internal error has occurred'),
  }),
]);

/** Every kind of fault that can be asked for. */
export const FAULT_KINDS: readonly string[] = FAULT.options.map(({ shape }) => shape.kind.value);

const parsed = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString());

/** @throws Error that names what is wrong with them */
function readFaults(body: Uint8Array): Fault[] {
  const { data, error } = z.array(FAULT).safeParse([parsed(body)].flat());
  if (data) return data;
  throw new Error(
    error.issues.map(({ path, message }) => `${path.slice(1).join('.')}: ${message}`).join('; '),
  );
}
