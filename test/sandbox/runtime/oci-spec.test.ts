// The configuration of an OCI container: what it sees of this machine.
import { expect, test } from '@jest/globals';
import { ociSpec, type OciContainer } from '../../../sandbox/runtime/oci-spec.ts';

const container: OciContainer = {
  rootfs: '/rootfs',
  readOnlyRoot: true,
  command: ['/server'],
  environment: {},
  workingDirectory: '/',
  user: { uid: 0, gid: 0 },
  hostname: 'web',
  mounts: [],
  hasSeccomp: true,
};
interface Spec {
  readonly linux: { readonly maskedPaths: readonly string[] };
  readonly mounts: readonly { readonly destination: string; readonly type: string }[];
}

test('a rootless container does not reach the control groups of its user, which a recursive bind mount leaves writable', () => {
  const spec = ociSpec({ ...container, rootless: { uid: 1000, gid: 1000 } }) as Spec;
  expect(spec.mounts).toContainEqual(expect.objectContaining({ destination: '/sys', type: 'bind' }));
  expect(spec.linux.maskedPaths).toContain('/sys/fs/cgroup');
});
