/** The task sizes and the architectures that Fargate offers. */

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

/** The number of CPU units in one vCPU. */
export const UNITS_PER_CPU = 1024;

/** The CPU architectures of Fargate, as a configuration names them; the first is the default. */
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

interface ArchitectureNames {
  /** As platforms of images name it. */
  readonly image: 'amd64' | 'arm64';
  /** As ECS names it. */
  readonly ecs: 'X86_64' | 'ARM64';
  /** As Node names it. */
  readonly node: 'x64' | 'arm64';
}

const NAMES: Readonly<Record<Architecture, ArchitectureNames>> = {
  x86_64: { image: 'amd64', ecs: 'X86_64', node: 'x64' },
  arm64: { image: 'arm64', ecs: 'ARM64', node: 'arm64' },
};

/** Returns what others call an architecture. @param architecture of a service; by default that of services without one */
export const architectureNames = (architecture: Architecture = ARCHITECTURES[0]): ArchitectureNames =>
  NAMES[architecture];
