import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { ReportedExporter } from './reported-exporter.js';

describe('ReportedExporter', () => {
  it('says once that spans are lost and once that they are not, and never passes a failure on', () => {
    let isAway = false;
    const exporter: SpanExporter = {
      export: (_spans, done) =>
        done(
          isAway ? { code: ExportResultCode.FAILED, error: new Error('refused') } : { code: ExportResultCode.SUCCESS },
        ),
      shutdown: () => Promise.resolve(),
    };
    const said: unknown[] = [];
    const logger = { info: (text: unknown) => said.push(text), warn: (details: unknown) => said.push(details) };
    const reported = new ReportedExporter(exporter, logger);
    const codes: ExportResultCode[] = [];
    for (const away of [false, true, true, true, false, false, true]) {
      isAway = away;
      reported.export([], ({ code }) => codes.push(code));
    }
    expect(said).toEqual([{ reason: 'refused' }, 'spans are exported again', { reason: 'refused' }]);
    expect(codes).toEqual(Array(7).fill(ExportResultCode.SUCCESS));
  });
});
