/** The looks that ask ECR first, loaded together. */
export { lookRepositories } from '../repositories.ts';
export { lookImages } from '../images.ts';
