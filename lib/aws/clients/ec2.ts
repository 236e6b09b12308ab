/** EC2's client, loaded with its first call. */
export { EC2Client } from '@aws-sdk/client-ec2';
