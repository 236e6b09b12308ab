/** The looks that ask CloudWatch Logs first, loaded together. */
export { lookLogGroup } from '../log-group.ts';
