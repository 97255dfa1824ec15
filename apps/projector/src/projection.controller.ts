import type { Batch, BatchOutcome } from '@logbook/core';
import { BatchHandler } from '@logbook/subscriber';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Projection } from './projection.js';

/** The topics that are folded, each batch into one transaction. */
@Controller()
export class ProjectionController {
  constructor(@Inject(Projection) private readonly projection: Projection) {}

  @BatchHandler('commands')
  onCommands(@Payload() batch: Batch): Promise<BatchOutcome> {
    return this.projection.apply(batch);
  }

  @BatchHandler('events')
  onEvents(@Payload() batch: Batch): Promise<BatchOutcome> {
    return this.projection.apply(batch);
  }
}
