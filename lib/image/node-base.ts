/** The Node base image of a program: which one it is, and in which registries it can be found. Pure. */

/** Where Docker's official images are. The first one limits anonymous downloads far less than Docker Hub. */
const MIRRORS = ['public.ecr.aws/docker/library', 'docker.io/library'];

/**
 * Returns the names of the official image of a version of Node. It is based on Debian, as packages that were installed on most
 * machines require: native modules are built for glibc, and Alpine has musl.
 * @param major the version that the Dockerfile names; undefined for that of this process, for which the packages are installed
 * @see https://docs.aws.amazon.com/AmazonECR/latest/public/docker-hub-mirror.html
 */
export function nodeBaseReferences(major: number | undefined, version = process.versions.node): string[] {
  const [own = ''] = version.split('.');
  return MIRRORS.map((mirror) => `${mirror}/node:${major ?? own}-slim`);
}
