import type { LlmRecorded } from '@logbook/contracts';
import { HandlerContext, OnMessages, type SqlClient } from '@logbook/subscriber';
import { Controller } from '@nestjs/common';
import { callsOf } from './counting/call.js';
import { countCalls } from './counting/count-calls.js';
import { ensureTables } from './counting/tables.js';

/** Every recorded call is added to its totals in the transaction that moves the position behind it. */
@Controller()
export class UsageController {
  @OnMessages('com.logbook.llm.recorded.v1')
  async onCalls(events: readonly LlmRecorded[], context: HandlerContext): Promise<void> {
    const client = context.transaction<SqlClient>();
    await ensureTables(client);
    await countCalls(client, callsOf(events));
  }
}
