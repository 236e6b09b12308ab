/** Opens listeners on ports of this machine, over IPv4 and IPv6. */
import type { ListenerRow } from '../aws/elbv2/store.ts';
import { openListener, type OpenListener } from '../balancer/listener.ts';
import type { ListenerView } from '../balancer/view.ts';

export type Family = 'ipv4' | 'ipv6';
/** The address of this machine in each family. */
export const HOSTS: Readonly<Record<Family, string>> = { ipv4: '127.0.0.1', ipv6: '::1' };

const AWS_HTTP_PORT = 80;
/** The maximum number of consecutive ports to try. */
const MAX_PORTS_TRIED = 100;

/** Opens a listener on its previous port, or on its usual port if it is new. If the port is in use, tries the next ones. */
export async function openOnFreePort(
  view: ListenerView,
  { Port, localPort }: ListenerRow,
  httpPort: number,
  family: Family,
): Promise<OpenListener | undefined> {
  const usualPort = Port === AWS_HTTP_PORT ? httpPort : Port < 1024 ? Port + 8000 : Port;
  const firstPort = localPort ?? usualPort;
  const ports =
    httpPort === 0
      ? [0]
      : Array.from({ length: MAX_PORTS_TRIED }, (_, index) => firstPort + index).filter(
          (port) => port < 65_536,
        );
  for (const port of ports) {
    try {
      return await openListener(view, { port, host: HOSTS[family] });
    } catch (error) {
      // The port is in use, or it is below 1024 and not permitted, or this machine has no IPv6.
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return undefined;
      if (!['EADDRINUSE', 'EACCES'].includes(code)) throw error;
    }
  }
  return undefined;
}
