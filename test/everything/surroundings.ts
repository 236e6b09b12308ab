/** For tests: what exists in an account before the stack with everything on, and stays when the stack is gone. */
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ALARM, SECRETS } from './stack.ts';

/** Creates the secrets and the alarm. @param endpoint the URL of a sandbox, or of another imitation of AWS */
export async function createSurroundings(endpoint: string): Promise<void> {
  const settings = {
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  };
  const ssm = new SSMClient(settings);
  const secrets = new SecretsManagerClient(settings);
  const cloudwatch = new CloudWatchClient(settings);
  try {
    await ssm.send(new PutParameterCommand({ Name: SECRETS.parameter, Value: 'db-1', Type: 'SecureString' }));
    await secrets.send(new CreateSecretCommand({ Name: SECRETS.json, SecretString: '{"api":"key-1"}' }));
    const login = JSON.stringify({ username: 'shop', password: 'password-1' });
    await secrets.send(new CreateSecretCommand({ Name: SECRETS.registry, SecretString: login }));
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        ...{ AlarmName: ALARM, Namespace: 'Shop', MetricName: 'Errors', Statistic: 'Sum' },
        ...{ Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
      }),
    );
  } finally {
    for (const client of [ssm, secrets, cloudwatch]) client.destroy();
  }
}
