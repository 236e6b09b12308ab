/** The rule for deployments that ECS ended because of a CloudWatch alarm. */
import type { Rule } from '../rule.ts';

/**
 * Reports the alarms that went off. It comes after the rules for programs that end, since an alarm may only have noticed such an end.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export const alarmRule: Rule = ({ alarms = [], service }) => {
  const [first] = alarms;
  if (first === undefined) return undefined;
  const isOne = alarms.length === 1;
  return {
    what: `the ${isOne ? 'alarm' : 'alarms'} ${alarms.join(', ')} went off`,
    evidence: [],
    fix: [
      `See why ${isOne ? 'it' : 'each'} went off: aws cloudwatch describe-alarm-history --alarm-name ${first}`,
      `Correct the new version, or remove ${isOne ? 'the alarm' : 'the alarms'} from deploy.alarms of ${service.name}.`,
    ],
    isPermanent: false,
  };
};
