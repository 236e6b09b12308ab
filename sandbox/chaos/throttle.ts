/** Takes tokens for each call from AWS's rate-limit buckets, and refuses the call when a bucket is empty. */
import { isMutating } from '../server/journal.ts';
import { Refusal } from '../protocol/refusal.ts';
import { buckets, throttlingRefusals, GLOBAL_SERVICES, type Bucket } from './rate-limits.ts';

/** The refusal of a call for which a bucket has too few tokens. */
export class Throttled extends Refusal {}

/** A call that costs tokens. */
export interface MeteredCall {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Throttle {
  /**
   * Takes the tokens of a call.
   * @param seconds the current time, in seconds of AWS time
   * @throws Throttled when a bucket has too few tokens; in that case no tokens are taken from any bucket
   */
  take(call: MeteredCall, seconds: number): void;
  /** Fills all buckets. */
  refillAll(): void;
}

/** The number of tokens that a bucket had at some time. */
interface Level {
  tokens: number;
  /** The time, in seconds of AWS time. */
  at: number;
}

export function makeThrottle(): Throttle {
  const levels = new Map<string, Level>();
  return {
    take(call, seconds) {
      const charges = bucketsFor(call).map((bucket) => {
        const { capacity, refill, cost } = bucket;
        const key = keyOf(bucket, call);
        const { tokens, at } = levels.get(key) ?? { tokens: capacity, at: seconds };
        const available = Math.min(capacity, tokens + (seconds - at) * refill);
        return { key, left: available - (cost?.(call.input) ?? 1) };
      });
      const { code, message, status } = throttlingRefusals[call.service] ?? DEFAULT_REFUSAL;
      if (charges.some(({ left }) => left < 0)) throw new Throttled(code, message, status);
      for (const { key, left } of charges) levels.set(key, { tokens: left, at: seconds });
    },
    refillAll: () => levels.clear(),
  };
}

const DEFAULT_REFUSAL = { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 };

/** Returns the buckets from which a call takes tokens: each additional bucket that matches, and the first other match. */
export function bucketsFor({ service, operation, input }: Omit<MeteredCall, 'region'>): Bucket[] {
  const matching = buckets.filter(
    (bucket) => bucket.service === service && appliesTo(bucket, operation, input),
  );
  const first = matching.find(({ additional }) => !additional);
  return matching.filter((bucket) => bucket.additional || bucket === first);
}

function appliesTo({ operations, when }: Bucket, operation: string, input: MeteredCall['input']): boolean {
  if (when && !when(input)) return false;
  if (operations === 'all') return true;
  if (operations === 'reads' || operations === 'mutating')
    return isMutating(operation) === (operations === 'mutating');
  return operations.includes(operation);
}

const keyOf = (bucket: Bucket, { service, operation, region }: MeteredCall): string =>
  [
    buckets.indexOf(bucket),
    GLOBAL_SERVICES.includes(service) ? '' : region,
    bucket.perOperation ? operation : '',
  ].join(' ');
