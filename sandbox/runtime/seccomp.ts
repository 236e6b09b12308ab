/** The system calls that a container may not make: those that reach beyond it, into the kernel of this machine. Pure. */

/** Calls that fail with EPERM even if a program has the rights for them. */
const REFUSED = [
  // Namespaces and mounts
  ...['fsconfig', 'fsmount', 'fsopen', 'fspick', 'mount', 'mount_setattr', 'move_mount', 'open_tree'],
  ...['pivot_root', 'setns', 'umount', 'umount2', 'unshare'],
  // The kernel, its modules and its clock
  ...['create_module', 'delete_module', 'finit_module', 'init_module', 'query_module', 'get_kernel_syms'],
  ...[
    'kexec_file_load',
    'kexec_load',
    'reboot',
    'adjtimex',
    'clock_adjtime',
    'clock_settime',
    'settimeofday',
    'stime',
  ],
  // Devices, swap, quotas and accounting
  ...['acct', 'ioperm', 'iopl', 'quotactl', 'quotactl_fd', 'swapoff', 'swapon', 'syslog', 'vhangup'],
  ...['lookup_dcookie', 'nfsservctl', 'sysfs', '_sysctl', 'uselib', 'ustat', 'vm86', 'vm86old'],
  // Other processes and their memory
  ...['kcmp', 'process_madvise', 'process_vm_readv', 'process_vm_writev', 'ptrace', 'pidfd_getfd'],
  ...['get_mempolicy', 'mbind', 'migrate_pages', 'move_pages', 'set_mempolicy'],
  // Parts of the kernel in which most escapes from containers were found
  ...['add_key', 'bpf', 'fanotify_init', 'io_uring_enter', 'io_uring_register', 'io_uring_setup', 'keyctl'],
  ...['name_to_handle_at', 'open_by_handle_at', 'perf_event_open', 'request_key', 'userfaultfd'],
];

const EPERM = 1;
const ENOSYS = 38;
/** The flags with which `clone` makes a namespace: all `CLONE_NEW…`. */
const NEW_NAMESPACES = 0x7e02_0000;
/** Families of sockets that reach the kernel's cryptography, and the host of a virtual machine. */
const REFUSED_FAMILIES = { AF_ALG: 38, AF_VSOCK: 40 };

/** The architectures of a machine, by Node's name of its processor: 32-bit programs have other numbers for the same calls. */
const ARCHITECTURES: Readonly<Record<string, readonly string[]>> = {
  x64: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  arm64: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
};

/** Returns the flags that a mask combines. */
const flagsIn = (mask: number): number[] =>
  Array.from({ length: 31 }, (_, bit) => 2 ** bit).filter((flag) => (mask & flag) !== 0);

/**
 * Returns the filter. All other calls are allowed: a container is to behave as on Fargate, whose profile is not published. A call
 * that a runtime does not know is ignored.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp
 * @see https://docs.docker.com/engine/security/seccomp/
 */
export const seccompProfile = (): object => ({
  defaultAction: 'SCMP_ACT_ALLOW',
  architectures: ARCHITECTURES[process.arch],
  syscalls: [
    { names: REFUSED, action: 'SCMP_ACT_ERRNO', errnoRet: EPERM },
    // Its flags are in memory, where a filter cannot see them. With this error, programs use `clone` instead.
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
    ...flagsIn(NEW_NAMESPACES).map((flag) => ({
      names: ['clone'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: EPERM,
      args: [{ index: 0, value: flag, valueTwo: flag, op: 'SCMP_CMP_MASKED_EQ' }],
    })),
    ...Object.values(REFUSED_FAMILIES).map((family) => ({
      names: ['socket'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: EPERM,
      args: [{ index: 0, value: family, op: 'SCMP_CMP_EQ' }],
    })),
  ],
});
