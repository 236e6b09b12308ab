/** Builds the configuration with which an OCI runtime starts a container. Pure. */
import { seccompProfile } from './seccomp.ts';
import type { UserIds } from './user.ts';

/** The settings of a container for its OCI runtime. */
export interface OciContainer {
  /** The folder that is the container's `/`. */
  readonly rootfs: string;
  readonly readOnlyRoot: boolean;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A path as the container sees it. */
  readonly workingDirectory: string;
  readonly user: UserIds;
  readonly hostname: string;
  /** Files and folders of this machine, by the path at which the container sees them. */
  readonly mounts: readonly { readonly from: string; readonly to: string; readonly readOnly: boolean }[];
  /** Whether the runtime can filter system calls. */
  readonly hasSeccomp: boolean;
  /** The user of the sandbox if that is not root: the container's user is then mapped to this user, in a user namespace. */
  readonly rootless?: UserIds | undefined;
}

/**
 * The capabilities of a container whose user is root: those that Docker, containerd and Fargate give, without those for making
 * devices, writing audit records and giving files capabilities. Programs that serve requests need none of the three.
 */
const CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
];

/** The maximum number of processes and threads: enough for a program, too few to exhaust this machine. */
const MAX_PROCESSES = 4096;

/** Files of the kernel that would show or change something of this machine. */
const MASKED = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];
/** Without root, `/sys` is that of this machine, and only its topmost mount is read-only: the user's own control groups are below it. */
const MASKED_WITHOUT_ROOT = [...MASKED, '/sys/fs/cgroup'];
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/**
 * Returns the content of `config.json`.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md
 */
export function ociSpec(container: OciContainer): object {
  const { rootless, user } = container;
  const capabilities = user.uid === 0 ? CAPABILITIES : [];
  return {
    ociVersion: '1.0.2',
    hostname: container.hostname,
    root: { path: container.rootfs, readonly: container.readOnlyRoot },
    process: {
      terminal: false,
      user,
      args: container.command,
      env: Object.entries(container.environment).map(([name, value]) => `${name}=${value}`),
      cwd: container.workingDirectory,
      capabilities: { bounding: CAPABILITIES, effective: capabilities, permitted: capabilities },
      // A program cannot gain privileges from a setuid file in its image.
      noNewPrivileges: true,
    },
    mounts: [...kernelMounts(rootless !== undefined), ...container.mounts.map(bindMount)],
    linux: {
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount', ...(rootless ? ['user'] : [])].map((type) => ({
        type,
      })),
      ...(rootless && {
        uidMappings: [{ containerID: user.uid, hostID: rootless.uid, size: 1 }],
        gidMappings: [{ containerID: user.gid, hostID: rootless.gid, size: 1 }],
      }),
      // An ordinary user may not create control groups.
      ...(!rootless && {
        resources: { devices: [{ allow: false, access: 'rwm' }], pids: { limit: MAX_PROCESSES } },
      }),
      ...(container.hasSeccomp && { seccomp: seccompProfile() }),
      maskedPaths: rootless ? MASKED_WITHOUT_ROOT : MASKED,
      readonlyPaths: READ_ONLY,
    },
  };
}

const bindMount = ({ from, to, readOnly }: OciContainer['mounts'][number]) => ({
  destination: to,
  type: 'bind',
  source: from,
  options: ['bind', 'nosuid', 'nodev', readOnly ? 'ro' : 'rw'],
});

/** The file systems of the kernel. In a user namespace, `/sys` cannot be mounted again, and groups cannot be given away. */
const kernelMounts = (isRootless: boolean) => [
  { destination: '/proc', type: 'proc', source: 'proc' },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: [
      'nosuid',
      'noexec',
      'newinstance',
      'ptmxmode=0666',
      'mode=0620',
      ...(isRootless ? [] : ['gid=5']),
    ],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
  },
  isRootless
    ? {
        destination: '/sys',
        type: 'bind',
        source: '/sys',
        options: ['rbind', 'nosuid', 'noexec', 'nodev', 'ro'],
      }
    : { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
];
