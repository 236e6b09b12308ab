/** The task sizes that Fargate offers, and the architecture of the tasks. */

const sizesBetween = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);

/**
 * The memory sizes in MiB that Fargate offers for each number of CPU units. Not every region offers the sizes in the last row.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
export const FARGATE_SIZES: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, sizesBetween(1024, 4096, 1024)],
  [1024, sizesBetween(2048, 8192, 1024)],
  [2048, sizesBetween(4096, 16_384, 1024)],
  [4096, sizesBetween(8192, 30_720, 1024)],
  [8192, sizesBetween(16_384, 61_440, 4096)],
  [16_384, sizesBetween(32_768, 122_880, 8192)],
  [32_768, [61_440, 122_880, 249_856]],
]);

/** The CPU architecture of every task, as platforms of images name it. */
export const ARCHITECTURE = 'amd64';
/** The same architecture, as ECS names it. */
export const ECS_ARCHITECTURE = 'X86_64';
