/** The weather as data: which of AWS's misbehaviour is on, and how much of it. Durations are milliseconds of AWS time. */
import * as z from 'zod';

const upTo = (most: number) => z.number().min(0).max(most);

/** Every knob; what each does is in BEHAVIOUR.md. The bounds are what AWS's documentation and its users speak of. */
const WEATHER = z.strictObject({
  /** What all chance follows from: the same seed and the same calls meet the same weather. */
  seed: z.string().min(1),
  /** How long at most a new id is unknown to some operations (§2: a describe with backoff of up to 5 minutes). */
  idLagMs: upTo(300_000),
  /** How long at most lists and filters are behind (§16: up to a minute). */
  listLagMs: upTo(60_000),
  /** How long at most a new role is unknown to those who are to take it (§6: 2 minutes). */
  iamLagMs: upTo(120_000),
  /** How long a call takes. */
  latencyMs: z
    .strictObject({ min: upTo(60_000), max: upTo(60_000) })
    .refine(({ min, max }) => min <= max, 'min must not be more than max'),
  /** How long a change keeps its hosted zone busy: other changes are refused meanwhile (§7). */
  zoneBusyMs: upTo(60_000),
  /** Whether calls cost tokens of AWS's published buckets (§12). */
  throttle: z.boolean(),
  /** How many of all calls fail for no reason: 0 none, 1 all. */
  faultRate: upTo(1),
});

export type Weather = Readonly<z.infer<typeof WEATHER>>;

/** The default: nothing misbehaves. */
export const calm: Weather = {
  seed: 'slipway',
  idLagMs: 0,
  listLagMs: 0,
  iamLagMs: 0,
  latencyMs: { min: 0, max: 0 },
  zoneBusyMs: 0,
  throttle: false,
  faultRate: 0,
};

/** Whether nothing misbehaves. */
export const isCalm = ({ seed: _, latencyMs, ...knobs }: Weather): boolean =>
  latencyMs.max === 0 && Object.values(knobs).every((knob) => knob === 0 || knob === false);

const lag: Weather = { ...calm, idLagMs: 5_000, listLagMs: 30_000, iamLagMs: 15_000 };

/** The weathers with a name. */
export const weathers: Readonly<Record<string, Weather>> = {
  calm,
  lag,
  throttled: { ...calm, throttle: true },
  stormy: { ...lag, latencyMs: { min: 20, max: 500 }, zoneBusyMs: 2_000, throttle: true, faultRate: 0.03 },
};

/**
 * A weather with some of its knobs turned.
 * @param given any of the knobs
 * @throws Error that names what is wrong with it
 */
export function turned(weather: Weather, given: unknown): Weather {
  const { data, error } = WEATHER.partial().safeParse(given);
  if (data) return WEATHER.parse({ ...weather, ...data });
  const told = error.issues.map(({ path, message }) => `${path.join('.') || 'weather'}: ${message}`);
  throw new Error(told.join('; '));
}

/**
 * The weather that a text means: a name, or knobs as JSON, the others calm.
 * @throws Error that names what is wrong with it
 */
export function weatherOf(text: string): Weather {
  const named = Object.hasOwn(weathers, text) ? weathers[text] : undefined;
  if (named) return named;
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new Error(`There is no weather ${text}: it is ${Object.keys(weathers).join(', ')}, or JSON`);
  }
  return turned(calm, given);
}
