/** The looks that call ECR first, under the names of their nouns; loaded together. */
export { lookRepositories as repositories } from '../repositories.ts';
export { lookImages as images } from '../images.ts';
