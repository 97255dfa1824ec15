import { startEmbedded } from '../harness/embedded-system.js';
import { builtProgram } from '../harness/repository.js';
import { runProgram } from '../harness/run-program.js';
import { describeTraces } from './traces.contract.js';

describeTraces('a trace, on the embedded drivers', startEmbedded);

/** Loads every service, then starts tracing without an endpoint and with one, and counts the SDK's modules after each. */
const COUNTING = `
  import { createRequire } from 'node:module';
  await import(process.argv[1]);
  const { startTracing } = await import(process.argv[2]);
  const loaded = () =>
    Object.keys(createRequire(process.argv[1]).cache).filter((file) => /@opentelemetry.(sdk|exporter|otlp|resources)/.test(file)).length;
  await startTracing({ settings: null });
  const off = loaded();
  const sampler = { name: 'always_off', ratio: 1 };
  await startTracing({ settings: { endpoint: 'http://127.0.0.1:9', headers: {}, sampler }, service: 'test' });
  process.stdout.write(JSON.stringify({ off, on: loaded() > 0 }));
  process.exit(0);
`;

describe('tracing that is off', () => {
  it("loads nothing of OpenTelemetry's SDK", async () => {
    const built = [builtProgram('standalone', 'index.js'), builtProgram('../libs/observability', 'index.js')];
    const { stdout, stderr } = await runProgram({
      command: process.execPath,
      args: ['--input-type=module', '--eval', COUNTING, ...built],
      timeoutMs: 60_000,
    });
    expect([stdout, stderr]).toEqual([JSON.stringify({ off: 0, on: true }), '']);
  });
});
