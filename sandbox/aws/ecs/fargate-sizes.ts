/** Fargate's task sizes: each CPU size allows certain memory sizes. */
import { clientError } from './errors.ts';

interface Size {
  /** In CPU units: 1024 units are one vCPU. */
  readonly cpu: number;
  /** The smallest memory, in MiB. */
  readonly min: number;
  /** The largest memory, in MiB. */
  readonly max: number;
  /** The difference between consecutive memory sizes, in MiB. */
  readonly step: number;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size */
const SIZES: readonly Size[] = [
  { cpu: 512, min: 1024, max: 4096, step: 1024 },
  { cpu: 1024, min: 2048, max: 8192, step: 1024 },
  { cpu: 2048, min: 4096, max: 16_384, step: 1024 },
  { cpu: 4096, min: 8192, max: 30_720, step: 1024 },
  { cpu: 8192, min: 16_384, max: 61_440, step: 4096 },
  { cpu: 16_384, min: 32_768, max: 122_880, step: 8192 },
];
const SMALLEST_SIZE = { cpu: 256, memory: [512, 1024, 2048] };

const isSize = (cpu: number, memory: number): boolean =>
  (cpu === SMALLEST_SIZE.cpu && SMALLEST_SIZE.memory.includes(memory)) ||
  SIZES.some(
    (size) =>
      size.cpu === cpu && memory >= size.min && memory <= size.max && (memory - size.min) % size.step === 0,
  );

/** Refuses a size that Fargate does not have. @param cpu in CPU units @param memory in MiB */
export function checkFargateSize(cpu: string | undefined, memory: string | undefined): void {
  if (cpu === undefined) throw clientError("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw clientError("Fargate requires that 'memory' be defined at the task level.");
  if (isSize(Number(cpu), Number(memory))) return;
  throw clientError(
    `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
  );
}

/** Parses a CPU size into CPU units: `1 vCPU` and `1024` are the same. @throws ClientException */
export const cpuUnits = (given: string | undefined): string | undefined =>
  inUnits(given, /^(\d+(?:\.\d+)?)\s*(vcpu)?$/i, 'cpu');

/** Parses a memory size into MiB: `2 GB` and `2048` are the same. @throws ClientException */
export const mebibytes = (given: string | undefined): string | undefined =>
  inUnits(given, /^(\d+(?:\.\d+)?)\s*(gb)?$/i, 'memory');

function inUnits(given: string | undefined, form: RegExp, what: string): string | undefined {
  if (given === undefined) return undefined;
  const [, amount, unit] = form.exec(given.trim()) ?? [];
  const units = Number(amount) * (unit === undefined ? 1 : 1024);
  if (!Number.isInteger(units) || units <= 0) throw clientError(`Invalid '${what}' setting for task.`);
  return String(units);
}
