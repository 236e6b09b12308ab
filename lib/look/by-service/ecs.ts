/** The looks that ask ECS first, loaded together. */
export { lookCluster } from '../cluster.ts';
export { lookTaskDefinitions } from '../task-definitions.ts';
export { lookServices } from '../services.ts';
