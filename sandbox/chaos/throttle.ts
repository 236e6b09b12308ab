/** Takes the tokens of calls out of AWS's buckets, and says when there are none. */
import { isMutating } from '../server/journal.ts';
import { Refusal } from '../protocol/refusal.ts';
import { buckets, throttled, WITHOUT_REGION, type Bucket } from './rate-limits.ts';

/** A call was refused for want of tokens. */
export class Throttled extends Refusal {}

/** A call that costs tokens. */
export interface Priced {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Throttle {
  /**
   * Takes the tokens of a call.
   * @param seconds what time it is, in seconds of AWS time
   * @throws Throttled when one of its buckets has too few; no token is taken then
   */
  take(call: Priced, seconds: number): void;
  /** Fills all buckets. */
  clear(): void;
}

interface Level {
  tokens: number;
  /** When that was, in seconds of AWS time. */
  at: number;
}

export function makeThrottle(): Throttle {
  const levels = new Map<string, Level>();
  return {
    take(call, seconds) {
      const due = bucketsFor(call).map((bucket) => {
        const { capacity, refill, cost } = bucket;
        const key = keyOf(bucket, call);
        const { tokens, at } = levels.get(key) ?? { tokens: capacity, at: seconds };
        const now = Math.min(capacity, tokens + (seconds - at) * refill);
        return { key, tokens: now, left: now - (cost?.(call.input) ?? 1) };
      });
      const { code, message, status } = throttled[call.service] ?? UNKNOWN;
      if (due.some(({ left }) => left < 0)) throw new Throttled(code, message, status);
      for (const { key, left } of due) levels.set(key, { tokens: left, at: seconds });
    },
    clear: () => levels.clear(),
  };
}

const UNKNOWN = { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 };

/** The buckets that a call takes of: those that count besides, and the first of the others. */
export function bucketsFor({ service, operation, input }: Omit<Priced, 'region'>): Bucket[] {
  const all = buckets.filter((bucket) => bucket.service === service && has(bucket, operation, input));
  const first = all.find(({ besides }) => !besides);
  return all.filter((bucket) => bucket.besides || bucket === first);
}

function has({ operations, when }: Bucket, operation: string, input: Priced['input']): boolean {
  if (when && !when(input)) return false;
  if (operations === 'all') return true;
  if (operations === 'reads' || operations === 'mutating')
    return isMutating(operation) === (operations === 'mutating');
  return operations.includes(operation);
}

const keyOf = (bucket: Bucket, { service, operation, region }: Priced): string =>
  [
    buckets.indexOf(bucket),
    WITHOUT_REGION.includes(service) ? '' : region,
    bucket.each ? operation : '',
  ].join(' ');
