/** Application Auto Scaling's client, loaded with its first call. */
export { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
