/** The looks that call ECS first, under the names of their nouns; loaded together. */
export { lookCluster as cluster } from '../cluster.ts';
export { lookTaskDefinitions as taskDefinitions } from '../task-definitions.ts';
export { lookServices as services } from '../services.ts';
