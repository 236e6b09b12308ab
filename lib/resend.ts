/** When the SDK sends a call again by itself: throttles patiently, failures a few times or never, quotas never. */
import { StandardRetryStrategy } from '@smithy/core/retry';
import { isQuota } from './aws-error.ts';

type Refresh = StandardRetryStrategy['refreshRetryTokenForRetry'];

/** A throttle had no effect and passes: a stack of ten containers alone empties a bucket of the load balancers' API. */
const THROTTLED_ATTEMPTS = 10;

/** The SDK's own strategy, but it tells apart why a call failed. */
export class Resend extends StandardRetryStrategy {
  readonly #attempts: number;

  /** @param attempts how often a call is sent that may have had its effect: 1 for what must not be repeated */
  constructor(attempts: number) {
    super(THROTTLED_ATTEMPTS);
    this.#attempts = attempts;
  }

  /** Rejects to let the error be; the SDK takes some quotas (`LimitExceededException`) for throttles. */
  override async refreshRetryTokenForRetry(...[token, info]: Parameters<Refresh>): ReturnType<Refresh> {
    const isFinal = info.errorType !== 'THROTTLING' && token.getRetryCount() + 1 >= this.#attempts;
    if (isFinal || isQuota(info.error)) throw new Error('This is not sent again');
    return super.refreshRetryTokenForRetry(token, info);
  }
}
