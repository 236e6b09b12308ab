/** Finds native modules that were compiled for another platform than the task's. */
import { basename } from 'node:path';
import { shownPath } from '../config/location.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { readListed, type Listed } from './disk.ts';
import type { PackageManifest } from './manifest.ts';
import type { InstalledPackage } from './packages.ts';

/** The platform of a task, in Node's words: `linux` and `x64`. */
export interface Platform {
  readonly os: string;
  readonly cpu: string;
}

/** Whether the `os` and `cpu` of a package.json allow a platform. */
export const allowsPlatform = (
  { os, cpu }: Pick<PackageManifest, 'os' | 'cpu'>,
  platform: Platform,
): boolean => allows(os, platform.os) && allows(cpu, platform.cpu);

function allows(list: readonly string[], value: string): boolean {
  if (list.includes(`!${value}`)) return false;
  const names = list.filter((name) => !name.startsWith('!'));
  return names.length === 0 || names.includes(value) || names.includes('any');
}

/**
 * Checks that packages with variants per platform have the variant of the task's platform.
 * @throws PACKAGE if only variants for other platforms are installed
 */
export function checkVariants(packages: readonly InstalledPackage[], platform: Platform): void {
  for (const { manifest, optional } of packages) {
    const others = optional.filter((variant) => !allowsPlatform(variant.manifest, platform));
    const wanted = Object.keys(manifest.optionalDependencies).filter((name) => isFor(name, platform));
    const isInstalled = optional.some((variant) => wanted.includes(variant.manifest.name ?? ''));
    const [other] = others;
    if (other === undefined || wanted.length === 0 || isInstalled) continue;
    throw otherPlatform(
      manifest.name ?? '',
      `Only ${other.manifest.name} is installed, and ${wanted[0]} is missing`,
      platform,
    );
  }
}

/** Whether the name of a variant names a platform, e.g. `@img/sharp-linux-x64`. */
const isFor = (name: string, { os, cpu }: Platform): boolean => {
  const words = name.split(/[^a-z0-9]+/i);
  return words.includes(os) && words.includes(cpu);
};

/**
 * Checks the native modules of one package or of the program: at least one must be for the task's platform. Packages may contain
 * modules for several platforms, and load the right one.
 * @param name of the package, for the problem
 * @throws PACKAGE if all are for other platforms
 */
export async function checkNativeModules(
  name: string,
  files: readonly Listed[],
  platform: Platform,
): Promise<void> {
  const modules = files.filter(({ path, type }) => type === 'file' && path.endsWith('.node'));
  const platforms = await Promise.all(modules.map(platformOf));
  if (platforms.some((found) => found === undefined || isSame(found, platform))) return;
  const [module] = modules;
  const [found] = platforms;
  if (module === undefined || found === undefined) return;
  throw otherPlatform(name, `${basename(module.path)} is for ${found.os}/${found.cpu}`, platform);
}

const isSame = (a: Platform, b: Platform): boolean => a.os === b.os && a.cpu === b.cpu;

/** The processors in the headers of ELF files. @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const ELF_MACHINES: Readonly<Record<number, string>> = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64' };
/** The processors in the headers of Mach-O files. @see https://github.com/apple-oss-distributions/xnu/blob/main/osfmk/mach/machine.h */
const MACH_MACHINES: Readonly<Record<number, string>> = { 0x01000007: 'x64', 0x0100000c: 'arm64' };
const MACH_64 = 0xfeedfacf;
/** The magic number of Mach-O files for several processors. */
const MACH_UNIVERSAL = 0xcafebabe;

/** Returns the platform of a native module; undefined if it is in no known format, e.g. empty or a script. */
async function platformOf(file: Listed): Promise<Platform | undefined> {
  const header = Buffer.alloc(32);
  for await (const chunk of readListed(file)) {
    Buffer.from(chunk).copy(header);
    break;
  }
  if (header.readUInt32BE(0) === 0x7f454c46) {
    const isLittleEndian = header[5] === 1;
    const machine = isLittleEndian ? header.readUInt16LE(18) : header.readUInt16BE(18);
    return { os: 'linux', cpu: ELF_MACHINES[machine] ?? `machine ${machine}` };
  }
  if (header.readUInt32LE(0) === MACH_64)
    return { os: 'darwin', cpu: MACH_MACHINES[header.readUInt32LE(4)] ?? 'another processor' };
  if (header.readUInt32BE(0) === MACH_UNIVERSAL) return { os: 'darwin', cpu: 'x64 and arm64' };
  if (header.toString('latin1', 0, 2) === 'MZ') return { os: 'win32', cpu: 'x64' };
  return undefined;
}

const otherPlatform = (name: string, why: string, { os, cpu }: Platform): Problem =>
  problem('PACKAGE', {
    what: `${shownPath(name)} has a native module for another platform.`,
    why: `${why}; the task runs on ${os}/${cpu}.`,
    now: NOTHING_CHANGED,
    fix: [
      `npm install --os=${os} --cpu=${cpu} ${name}, if the package offers this platform`,
      `or npm rebuild ${name} on a machine with ${os}/${cpu}`,
    ],
  });
