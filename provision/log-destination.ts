/** Checks a bucket of the user for access logs before anything is created. It is never changed. Pure. */
import { allowsDelivery } from '../lib/derive/delivery-policy.ts';
import { deliveryStatements, logDestination } from '../lib/derive/log-delivery.ts';
import type { Desired } from '../lib/look/context.ts';
import type { Survey } from '../lib/look/found.ts';
import type { FoundBucket } from '../lib/look/log-destination.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import type { Event } from '../lib/model/report.ts';

type Context = Pick<Desired, 'config' | 'names' | 'account'>;

/**
 * Checks that the bucket exists in the region, and lets the load balancer write. What the caller may not read is taken to be right:
 * AWS checks it, too, when the logs are turned on.
 * @throws BUCKET with the reason and what to change
 */
export function checkLogDestination(
  context: Context,
  { logBucketOfUser: found }: Pick<Survey, 'logBucketOfUser'>,
): void {
  const destination = logDestination(context);
  const obstacle = found && destination && obstacleOf(context, destination, found);
  if (!obstacle) return;
  throw problem('BUCKET', {
    what: `The bucket ${destination.bucket} cannot receive the access logs.`,
    why: obstacle.why,
    now: NOTHING_CHANGED,
    fix: obstacle.fix,
  });
}

const OWN_BUCKET = 'Or leave out accessLogs.bucket: the stack then gets its own bucket.';

function obstacleOf(
  context: Context,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  found: FoundBucket,
): { readonly why: string; readonly fix: readonly string[] } | undefined {
  const { account, config } = context;
  const { region } = config;
  if (found.state === 'unknown') return undefined;
  if (found.state === 'missing')
    return {
      why: `S3 has no bucket ${bucket}.`,
      fix: ['Correct accessLogs.bucket in slipway.config.ts, or create the bucket first.', OWN_BUCKET],
    };
  if (found.state === 'in another region')
    return {
      why: `The bucket is in ${found.region}, and the load balancer is in ${region}.`,
      fix: [`Use a bucket in ${region}.`, OWN_BUCKET],
    };
  if (found.encryption !== undefined && found.encryption !== 'AES256')
    return {
      why: `The bucket encrypts with ${found.encryption}, and load balancers can only write with keys of S3 (AES256).`,
      fix: ['Use a bucket whose default encryption is AES256.', OWN_BUCKET],
    };
  if (found.policy === undefined || allowsDelivery(found.policy, { region, account, bucket, prefix }))
    return undefined;
  const [statement] = deliveryStatements(context);
  return {
    why: 'The policy of the bucket does not let the load balancer write its logs.',
    fix: [`Add this statement to the policy of the bucket: ${JSON.stringify(statement)}`, OWN_BUCKET],
  };
}

/** Returns a note if the bucket could not be checked. */
export function logDestinationEvents(
  { config }: Pick<Context, 'config'>,
  { logBucketOfUser: found }: Pick<Survey, 'logBucketOfUser'>,
): Event[] {
  const bucket = config.accessLogs?.bucket;
  if (bucket === undefined || !found) return [];
  if (found.state === 'unknown')
    return [{ type: 'note', text: `The bucket ${bucket} was not checked: ${found.why}` }];
  if (found.state === 'found' && found.policy === undefined)
    return [{ type: 'note', text: `The policy of the bucket ${bucket} was not checked: it cannot be read` }];
  return [];
}
