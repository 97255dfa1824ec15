import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { readBody, type BodyRead, type ContentEncoding } from './read-body.js';

describe('readBody', () => {
  let server: Server;
  let client: Socket;
  const share = { take: () => true };
  beforeEach(async () => {
    server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined);
  });
  afterEach(async () => {
    client.destroy();
    server.close();
    await once(server, 'close');
  });

  const read = async (
    encoding: ContentEncoding,
    sent: Buffer | string,
  ): Promise<[Promise<BodyRead>, IncomingMessage]> => {
    client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
    const [request] = (await once(server, 'request')) as [IncomingMessage];
    const reading = readBody(request, { encoding, bytesMax: 1000, share });
    client.write(sent);
    return [reading, request];
  };

  test.each(['identity', 'gzip', 'deflate', 'br'] as const)(
    'is ABORTED when the client leaves amid %s',
    async (encoding) => {
      const [reading] = await read(encoding, gzipSync('{}').subarray(0, 5));
      client.destroy();
      // What is not that encoding may be noticed before the client's leaving is.
      expect(['ABORTED', 'NOT_DECODABLE']).toContain((await reading).outcome);
      if (encoding === 'identity' || encoding === 'gzip') expect((await reading).outcome).toBe('ABORTED');
    },
  );

  test('is ABORTED for a request whose client had already left', async () => {
    const [first, request] = await read('identity', '{');
    client.destroy();
    await first;
    expect(await readBody(request, { encoding: 'identity', bytesMax: 1000, share })).toEqual({ outcome: 'ABORTED' });
  });

  test('is TOO_LARGE without reading anything when the length says so', async () => {
    client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n');
    const [request] = (await once(server, 'request')) as [IncomingMessage];
    expect(await readBody(request, { encoding: 'identity', bytesMax: 1000, share })).toEqual({ outcome: 'TOO_LARGE' });
    expect(request.readableFlowing).toBeNull();
  });
});
