import { HEADERS, offset } from '@logbook/contracts';
import { eventually, type ReceivedSpan, type SpanReceiver, startSpanReceiver } from '@logbook/testing';
import type { System } from '../harness/system.js';
import { everyMessage } from '../log-contents.js';
import { pointedTo } from '../rows.js';
import { llmEvent, registerFingerprint } from '../telemetry.js';

const START_TIMEOUT_MS = 150_000;
const STOP_TIMEOUT_MS = 90_000;
const CALLER_SPAN = 'b7ad6b7169203331';
const PERSON = 'person-of-the-trace';

/** One trace from the request to the row, on services that `start` starts with the settings it is given. */
export function describeTraces(
  name: string,
  start: (options: { readonly environment: Readonly<Record<string, string>> }) => Promise<System>,
): void {
  describe(name, () => {
    let receiver: SpanReceiver;
    let system: System;
    let fingerprintId: string;
    let traces = 0;

    beforeAll(async () => {
      receiver = await startSpanReceiver();
      system = await start({
        environment: {
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          OTEL_BSP_SCHEDULE_DELAY: '100',
          LOG_LEVEL: 'trace',
        },
      });
      fingerprintId = await registerFingerprint(system.api);
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      await system.stop();
      await receiver.close();
    }, STOP_TIMEOUT_MS);

    const newTrace = (flags = '01') => {
      const traceId = (++traces).toString(16).padStart(32, 'a');
      return { traceId, headers: { traceparent: `00-${traceId}-${CALLER_SPAN}-${flags}` } };
    };

    /** The spans of a trace by their names, once there is one of each. */
    const spansOf = (traceId: string, names: readonly string[]): Promise<readonly ReceivedSpan[]> =>
      eventually(
        () => {
          const spans = names.map((wanted) =>
            receiver.spans.find((span) => span.traceId === traceId && span.name === wanted),
          );
          return spans.every((span) => span !== undefined) && spans;
        },
        { what: `the spans ${names.join(', ')}` },
      );

    it('leads from the request over the message to the row, and from the row back to the request', async () => {
      const { traceId, headers } = newTrace();
      const names = { agent: `agent-of-${traceId}`, person: PERSON, session: `s-${traceId}` };
      const answer = await system.api.post('/events', llmEvent(fingerprintId, names), headers);
      const { id } = answer.json<{ id: string }>();
      const [request, append, project] = await spansOf(traceId, [
        'POST /api/v1/events',
        'append events',
        'project events',
      ]);
      expect(request).toMatchObject({ kind: 2, parentSpanId: CALLER_SPAN });
      expect(append).toMatchObject({ kind: 4, parentSpanId: request?.spanId });
      expect(append?.attributes['messaging.message.id']).toBe(id);
      expect(project).toMatchObject({ kind: 5, parentSpanId: append?.spanId });
      expect(project?.attributes).toMatchObject({ 'messaging.message.id': id, 'logbook.batch.outcome': 'CONSUMED' });

      const row = await system.withStore(async (store) => {
        const { rows } = await store.pool.query<{ log_partition: number; log_offset: string }>(
          `SELECT log_partition, log_offset FROM "${await pointedTo(store)}".events WHERE event_id = $1`,
          [id],
        );
        return rows[0];
      });
      const place = { partition: Number(row?.log_partition), offset: Number(row?.log_offset) };
      expect(project?.attributes).toMatchObject({
        'messaging.destination.partition.id': String(place.partition),
        'messaging.kafka.offset': place.offset,
      });
      const message = await system.withLog((log) =>
        log.read({ topic: 'events', partition: place.partition, offset: offset(place.offset) }),
      );
      expect(String(message?.headers[HEADERS.traceparent])).toBe(`00-${traceId}-${append?.spanId}-01`);
    });

    it('names the batch that the row was committed with', async () => {
      const { traceId, headers } = newTrace();
      await system.api.post('/events', llmEvent(fingerprintId, {}), headers);
      const [append, project] = await spansOf(traceId, ['append events', 'project events']);
      const [link] = project?.links ?? [];
      const [batch, commit] = await spansOf(link?.traceId ?? '', ['project batch of events', 'commit rows']);
      expect(batch).toMatchObject({ spanId: link?.spanId, parentSpanId: '' });
      expect(batch?.links).toContainEqual({ traceId, spanId: append?.spanId });
      expect(commit).toMatchObject({ kind: 3, parentSpanId: batch?.spanId });
    });

    it('holds the commands that a request leads to as well', async () => {
      const { traceId, headers } = newTrace();
      const body = { agent_name: `made-in-${traceId}` };
      await system.api.send({ method: 'PUT', path: '/api/v1/agents', body, headers });
      const [request, append, project] = await spansOf(traceId, [
        'PUT /api/v1/agents',
        'append commands',
        'project commands',
      ]);
      expect([append?.parentSpanId, project?.parentSpanId]).toEqual([request?.spanId, append?.spanId]);
    });

    it('is one producer span for a batch, and a span for each of its rows', async () => {
      const { traceId, headers } = newTrace();
      const events = [1, 2, 3].map(() => llmEvent(fingerprintId, {}));
      await system.api.post('/events/batch', { events }, headers);
      const [append] = await spansOf(traceId, ['append events', 'project events']);
      const projected = () =>
        receiver.spans.filter((span) => span.traceId === traceId && span.name === 'project events');
      await eventually(() => projected().length === 3, { what: 'a span for each row' });
      expect(projected().every(({ parentSpanId }) => parentSpanId === append?.spanId)).toBe(true);
      expect(append?.attributes['messaging.batch.message_count']).toBe(3);
    });

    it('is not kept where its caller does not keep it, and still named in the message', async () => {
      const unsampled = newTrace('00');
      const answer = await system.api.post('/events', llmEvent(fingerprintId, {}), unsampled.headers);
      const { id } = answer.json<{ id: string }>();
      // What came later was exported, so this one would have been.
      const later = newTrace();
      await system.api.post('/events', llmEvent(fingerprintId, {}), later.headers);
      await spansOf(later.traceId, ['append events', 'project events']);
      expect(receiver.spans.filter(({ traceId }) => traceId === unsampled.traceId)).toEqual([]);
      const message = await system.withLog(async (log) => {
        for await (const each of everyMessage(log, ['events']))
          if (String(each.headers[HEADERS.id]) === id) return each;
        return undefined;
      });
      expect(String(message?.headers[HEADERS.traceparent])).toMatch(
        new RegExp(`^00-${unsampled.traceId}-(?!${CALLER_SPAN})[0-9a-f]{16}-00$`),
      );
    });

    it('tells nobody who or what it is about', () => {
      const told = JSON.stringify(receiver.spans);
      for (const secret of [PERSON, system.apiKey, 'agent-of-', 'made-in-', 'gpt-4o-mini', 'hello'])
        expect(told).not.toContain(secret);
    });

    it('stands in the log of a refused request, with the id its answer carries and nothing of its body or key', async () => {
      const { traceId, headers } = newTrace();
      const body = { ...llmEvent(fingerprintId, { person: 'never-logged-person' }), event_name: 'never-logged-name' };
      const wrongKey = { key: 'never-logged-key' };
      const refused = [
        await system.api.post('/events', body, headers),
        await system.api.post('/events', '{"never-logged', headers),
        await system.api.send({ path: '/api/v1/agents/never-logged-agent', headers, ...wrongKey }),
        await system.api.send({ path: '/api/v1/agents/never-logged-agent', headers }),
      ];
      expect(refused.map(({ status }) => status)).toEqual([400, 400, 401, 404]);
      /** What was logged; standard output, which has the key for a person to paste, is no log. */
      const logged = (): string[] =>
        [...new Set([...system.gateways, ...system.projectors])].flatMap(({ output }) =>
          output.split('\n').filter((line) => line.startsWith('{')),
        );
      for (const { headers: sent } of refused) {
        const requestId = String(sent['x-request-id']);
        const line = await eventually(() => logged().find((text) => text.includes(`"${requestId}"`)) ?? false, {
          what: `a line about ${requestId}`,
        });
        expect(JSON.parse(line)).toMatchObject({ requestId, traceId, msg: 'refused' });
      }
      for (const secret of ['never-logged', system.apiKey, PERSON, 'gpt-4o-mini', 'hello'])
        expect(logged().filter((line) => line.includes(secret))).toEqual([]);
    });
  });
}
