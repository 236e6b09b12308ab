/** The weather as data: the failures, lags and throttling to inject. Durations are milliseconds of AWS time. */
import * as z from 'zod';

const upTo = (max: number) => z.number().min(0).max(max);

/** All settings. BEHAVIOUR.md describes them. The bounds come from AWS's documentation and from users' reports. */
const WEATHER_SCHEMA = z.strictObject({
  /** The seed of all random numbers: with the same seed, the same calls fail in the same way. */
  seed: z.string().min(1),
  /**
   * The longest time for which a new ID is unknown to some operations (§2: AWS advises retrying for up to 5 minutes).
   */
  idLagMs: upTo(300_000),
  /** The longest time for which lists and filters are stale (§16: up to a minute). */
  listLagMs: upTo(60_000),
  /** The longest time for which a new role is unknown to services that assume it (§6: 2 minutes). */
  iamLagMs: upTo(120_000),
  /** The duration of a call. */
  latencyMs: z
    .strictObject({ min: upTo(60_000), max: upTo(60_000) })
    .refine(({ min, max }) => min <= max, 'min must not be more than max'),
  /** How long a change keeps its hosted zone busy; other changes to the zone are refused meanwhile (§7). */
  zoneBusyMs: upTo(60_000),
  /** Whether calls take tokens from AWS's published rate-limit buckets (§12). */
  throttle: z.boolean(),
  /** The fraction of calls that fail at random, from 0 (none) to 1 (all). */
  faultRate: upTo(1),
});

export type Weather = Readonly<z.infer<typeof WEATHER_SCHEMA>>;

/** The default weather, in which nothing is injected. */
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

/** Whether nothing is injected in a weather. */
export const isCalm = ({ seed: _, latencyMs, ...settings }: Weather): boolean =>
  latencyMs.max === 0 && Object.values(settings).every((setting) => setting === 0 || setting === false);

const lag: Weather = { ...calm, idLagMs: 5_000, listLagMs: 30_000, iamLagMs: 15_000 };

/** The named weathers. */
export const weathers: Readonly<Record<string, Weather>> = {
  calm,
  lag,
  throttled: { ...calm, throttle: true },
  stormy: { ...lag, latencyMs: { min: 20, max: 500 }, zoneBusyMs: 2_000, throttle: true, faultRate: 0.03 },
};

/**
 * Returns a weather with some settings changed.
 * @param settings any of the settings
 * @throws Error that names the invalid settings
 */
export function withSettings(weather: Weather, settings: unknown): Weather {
  const { data, error } = WEATHER_SCHEMA.partial().safeParse(settings);
  if (data) return WEATHER_SCHEMA.parse({ ...weather, ...data });
  const invalid = error.issues.map(({ path, message }) => `${path.join('.') || 'weather'}: ${message}`);
  throw new Error(invalid.join('; '));
}

/**
 * Parses a weather: a name, or settings as JSON. Omitted settings are calm.
 * @throws Error that names the unknown weather or the invalid settings
 */
export function parseWeather(text: string): Weather {
  const named = Object.hasOwn(weathers, text) ? weathers[text] : undefined;
  if (named) return named;
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch {
    throw new Error(`Unknown weather ${text}: use ${Object.keys(weathers).join(', ')}, or JSON`);
  }
  return withSettings(calm, settings);
}
