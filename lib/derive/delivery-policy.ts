/** Reads the policy of a bucket of the user: whether it lets a load balancer write its access logs. Pure. */
import { bucketArn } from './arns.ts';
import { LOG_DELIVERY_PRINCIPAL, logAccountArn, logFolder } from './log-delivery.ts';
import { statementsIn, memberValues } from './policy-statements.ts';

/** The place of the log files. */
export interface LogPlace {
  readonly region: string;
  readonly account: string;
  readonly bucket: string;
  readonly prefix: string;
}

/** Whether a pattern of a policy, with `*` and `?`, covers a string. */
const covers = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(text);

/**
 * Whether a policy has a statement that lets load balancers write log files to a place. Conditions are not evaluated, nor are
 * statements that deny: AWS itself checks both when the logs are turned on.
 * @param text the policy as JSON
 */
export function allowsDelivery(text: string, { region, account, bucket, prefix }: LogPlace): boolean {
  const file = `${bucketArn({ region }, bucket)}/${logFolder(prefix, account)}ELBAccessLogTestFile`;
  const accountArn = logAccountArn(region);
  const accountNames = accountArn === undefined ? [] : [accountArn, accountArn.split(':')[4] ?? ''];
  return statementsIn(text).some(({ Effect, Action, Resource, Principal }) => {
    const { Service, AWS } = Object(Principal) as { Service?: unknown; AWS?: unknown };
    return (
      Effect === 'Allow' &&
      memberValues(Action).some((action) => covers(action.toLowerCase(), 's3:putobject')) &&
      memberValues(Resource).some((resource) => covers(resource, file)) &&
      (Principal === '*' ||
        memberValues(Service).includes(LOG_DELIVERY_PRINCIPAL) ||
        memberValues(AWS).some((name) => name === '*' || accountNames.includes(name)))
    );
  });
}
