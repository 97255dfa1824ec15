import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '../logger.js';

/** Says once that spans are lost, and once that they are not any more; the SDK alone would say it for every export. */
export class ReportedExporter implements SpanExporter {
  private isLosing = false;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, ({ code, error }) => {
      this.report(code === ExportResultCode.SUCCESS, error);
      done({ code: ExportResultCode.SUCCESS });
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  private report(isExported: boolean, error: Error | undefined): void {
    if (isExported && this.isLosing) this.logger.info('spans are exported again');
    if (!isExported && !this.isLosing)
      this.logger.warn(
        { reason: error?.message },
        'spans cannot be exported and are dropped; nothing else is affected',
      );
    this.isLosing = !isExported;
  }
}
