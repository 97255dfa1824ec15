import { once } from 'node:events';
import { connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.js';
import { freePort, HOST } from './ports.js';

export interface TlsProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Speaks TLS for a server of this machine that was built without it. */
export async function startTlsProxy(server: { readonly port: number }, certificate: Certificate): Promise<TlsProxy> {
  const open = new Set<TLSSocket>();
  const proxy = createServer({ ...certificate }, (outer) => {
    open.add(outer);
    const inner = connect({ host: HOST, port: server.port });
    const end = (): void => {
      open.delete(outer);
      outer.destroy();
      inner.destroy();
    };
    outer.on('error', end).on('close', end).pipe(inner);
    inner.on('error', end).on('close', end).pipe(outer);
  });
  const port = await freePort();
  proxy.listen({ host: HOST, port, exclusive: true });
  await once(proxy, 'listening');
  return {
    port,
    close: async () => {
      for (const socket of open) socket.destroy();
      const closed = once(proxy, 'close');
      proxy.close();
      await closed;
    },
  };
}
