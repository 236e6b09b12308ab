/** CloudWatch Logs' client, loaded with its first call. */
export { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
