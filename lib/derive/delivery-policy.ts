/** Reads the policy of a bucket of the user: whether it lets a load balancer write its access logs. Pure. */
import { bucketArn } from './arns.ts';
import { LOG_DELIVERY_PRINCIPAL, logAccountArn, logFolder } from './log-delivery.ts';

interface PolicyStatement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Principal?: unknown;
}

/** The place of the log files. */
export interface LogPlace {
  readonly region: string;
  readonly account: string;
  readonly bucket: string;
  readonly prefix: string;
}

const valuesOf = (value: unknown): string[] => [value ?? []].flat().map(String);

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
      valuesOf(Action).some((action) => covers(action.toLowerCase(), 's3:putobject')) &&
      valuesOf(Resource).some((resource) => covers(resource, file)) &&
      (Principal === '*' ||
        valuesOf(Service).includes(LOG_DELIVERY_PRINCIPAL) ||
        valuesOf(AWS).some((name) => name === '*' || accountNames.includes(name)))
    );
  });
}

function statementsIn(text: string): PolicyStatement[] {
  try {
    const { Statement = [] } = Object(JSON.parse(text)) as { Statement?: unknown };
    return [Statement].flat().map((statement) => Object(statement) as PolicyStatement);
  } catch {
    return [];
  }
}
