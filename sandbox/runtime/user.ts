/** Resolves the user of a container to a user ID and a group ID, with /etc/passwd and /etc/group of the image. */
import { readFile } from 'node:fs/promises';
import { CannotStartContainerError } from './command.ts';
import { resolveInside } from './rootfs.ts';

/** The numeric IDs of a user and a group. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The users and groups of the official Node images, for an image without /etc/passwd and /etc/group. Such an image was
 * built for the sandbox: it has no base image, and the sandbox supplies Node.
 */
const NODE_IMAGE = { passwd: 'root:x:0:0\nnode:x:1000:1000', group: 'root:x:0\nnode:x:1000' };

const NUMBER = /^\d+$/;

/**
 * Resolves a user in one of the forms `name`, `number`, `name:group` and `number:number`. A number needs no entry in the
 * image.
 * @param text '' for root
 * @throws CannotStartContainerError when the image has no such user or group
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
export async function resolveUser(rootfs: string, text: string): Promise<UserIds> {
  const [user = '', group] = text.split(':');
  const users = await entriesOf(rootfs, 'passwd');
  const entry = users.find(([name, , uid]) => (NUMBER.test(user) ? uid === user : name === user));
  if (!entry && user !== '' && !NUMBER.test(user)) throw notInImage('no users found');
  const uid = Number(NUMBER.test(user) ? user : (entry?.[2] ?? 0));
  if (group === undefined || group === '') return { uid, gid: Number(entry?.[3] ?? 0) };
  if (NUMBER.test(group)) return { uid, gid: Number(group) };
  const found = (await entriesOf(rootfs, 'group')).find(([name]) => name === group);
  if (!found) throw notInImage('no groups found');
  return { uid, gid: Number(found[2]) };
}

const notInImage = (why: string) => new CannotStartContainerError(`unable to create new container: ${why}`);

/** Returns the entries of /etc/passwd or /etc/group, as lists of fields. */
async function entriesOf(rootfs: string, name: keyof typeof NODE_IMAGE): Promise<string[][]> {
  const file = await resolveInside(rootfs, `/etc/${name}`);
  const text = await readFile(file, 'utf8').catch(() => NODE_IMAGE[name]);
  return text.split('\n').map((line) => line.split(':'));
}
