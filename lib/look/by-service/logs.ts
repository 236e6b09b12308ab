/** The looks that call CloudWatch Logs first, under the names of their nouns; loaded together. */
export { lookLogGroup as logGroup } from '../log-group.ts';
