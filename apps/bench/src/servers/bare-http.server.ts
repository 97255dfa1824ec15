import { createServer } from 'node:http';

/** The floor under every HTTP number: reads the body, parses it, answers a constant. */
const ANSWER = JSON.stringify({ id: '019ab000-0000-7000-8000-000000000000' });

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString('utf8'));
    response
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': ANSWER.length })
      .end(ANSWER);
  });
});
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  process.stdout.write(`listens on http://127.0.0.1:${port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
